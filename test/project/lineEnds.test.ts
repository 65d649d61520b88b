import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { root } from "../../system/checkout";
import { canPreview, emptyDocker, freeNetwork, linkPackages } from "../helpers/copiedCheckout";

let place: string;
let clone: string;
let docker: string;
const git = (...args: string[]): string => execFileSync("git", args, { cwd: clone, encoding: "utf8" });

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), "slipway-line-ends-"));
  clone = join(place, "clone");
  const options = ["-c", "core.autocrlf=true", "-c", "core.eol=crlf"];
  execFileSync("git", [...options, "clone", "--quiet", "--no-checkout", root, clone]);
  for (const option of ["autocrlf=true", "eol=crlf"]) git("config", ...`core.${option}`.split("="));
  // The tested attributes and files are those of the working tree, committed or not.
  execFileSync("bash", ["-c", `git ls-files -z | tar --create --null --files-from=- | tar --extract -C "${clone}"`], {
    cwd: root,
  });
  git("add", "--all");
  git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--allow-empty", "--message", "test");
  git("rm", "--quiet", "-r", "--cached", ".");
  git("reset", "--quiet", "--hard");
  linkPackages(clone);
  docker = emptyDocker(place);
}, 60_000);
afterAll(() => rmSync(place, { recursive: true, force: true }));

const run = (...args: string[]) =>
  spawnSync("scripts/slipway", args, {
    cwd: clone,
    env: {
      ...process.env,
      PATH: `${docker}:${process.env.PATH}`,
      PULUMI_HOME: join(place, "home"),
      SLIPWAY_ROUTE: "source",
    },
    encoding: "utf8",
    timeout: 80_000,
  });

describe("a clone with core.autocrlf", () => {
  test("has LF line ends in every file, and keeps the bytes of pictures", () => {
    const rows = git("ls-files", "--eol").trimEnd().split("\n");
    expect(rows.length).toBeGreaterThan(500);
    const isPicture = (row: string): boolean => / attr\/-text .*\.png$/s.test(row);
    expect(rows.filter((row) => !/ w\/(lf|none) /.test(row) && !isPicture(row))).toEqual([]);
  });

  test("stays free of changes for git", () => expect(git("status", "--porcelain", "--untracked-files=no")).toBe(""));

  test("exports an archive with LF line ends", () => {
    const script = execFileSync("bash", ["-c", "git archive HEAD scripts/slipway | tar --extract --to-stdout"], {
      cwd: clone,
      encoding: "utf8",
    });
    expect(script).toMatch(/^#!\/usr\/bin\/env bash\n[^\r]+$/);
  });

  test("starts commands", () => {
    expect(run("--help")).toMatchObject({ status: 0, stderr: "" });
    const { status, stdout } = run("env");
    expect([status, stdout]).toEqual([0, expect.stringContaining(`export PATH='${clone}/.tools/bin'`)]);
  });

  (canPreview() ? test : test.skip)(
    "previews a stack whose stack file, project file and lock file have CRLF, a byte order mark or UTF-16",
    () => {
      appendFileSync(join(clone, "Pulumi.offline.yaml"), freeNetwork);
      const windows = (file: string, text = readFileSync(join(clone, file), "utf8")): void =>
        writeFileSync(join(clone, file), `\uFEFF${text.replaceAll("\n", "\r\n").trimEnd()}`);
      windows("manifests.lock.json");
      windows("Pulumi.offline.yaml");
      windows("Pulumi.yaml");
      const text = readFileSync(join(clone, "Pulumi.offline.yaml"));
      const { status, stdout, stderr } = run("plan");
      expect([stdout, stderr]).toEqual([expect.stringContaining("cluster capd"), expect.anything()]);
      expect(status).toBe(2); // the exit code of a plan with changes
      expect(readFileSync(join(clone, "Pulumi.offline.yaml"))).toEqual(text);
      const utf16 = Buffer.from(text.toString("utf8"), "utf16le");
      writeFileSync(join(clone, "Pulumi.offline.yaml"), utf16);
      expect(run("plan").status).toBe(2);
      expect(readFileSync(join(clone, "Pulumi.offline.yaml"))).toEqual(utf16);
    },
    180_000,
  );
});
