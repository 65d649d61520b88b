import { execFileSync, spawnSync } from "node:child_process";
import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { version } from "../../package.json";
import { filesBelow } from "../../system/files";

let target: string;
let archive: string;
let files: string[];
beforeAll(() => {
  target = mkdtempSync(join(tmpdir(), "slipway-pack-"));
  archive = execFileSync("node", ["scripts/run.cjs", "scripts/packCapi.ts", target], { encoding: "utf8" }).trim();
  files = filesBelow(join(target, "package"));
});
afterAll(() => rmSync(target, { recursive: true }));

const read = (file: string): string => readFileSync(join(target, "package", file), "utf8");

describe("the package @slipway/capi", () => {
  test("is an archive of npm with the version of the checkout", () => {
    expect(archive).toBe(join(target, `slipway-capi-${version}.tgz`));
    expect(JSON.parse(read("package.json"))).toMatchObject({
      name: "@slipway/capi",
      version,
      bin: { slipway: "scripts/slipway" },
      dependencies: { "@pulumi/pulumi": expect.stringMatching(/^[\d.]+$/) },
    });
  });

  test("has bundles in place of sources", () => {
    expect(files.filter((file) => /\.ts$/.test(file))).toEqual([]);
    expect(files.filter((file) => file.includes("bundles/")).length).toBe(5);
  });

  test("names no folder of the machine on which it was packed", () => {
    const withRoot = files.filter((file) => readFileSync(file, "utf8").includes(process.cwd()));
    expect(withRoot).toEqual([]);
  });

  test("has every step, and plugins under both names that Pulumi looks for", () => {
    for (const file of execFileSync("git", ["ls-files", "steps"], { encoding: "utf8" }).trim().split("\n"))
      expect(read(file)).toBe(readFileSync(file, "utf8"));
    for (const name of ["kind/pulumi-resource-kind", "slipway/pulumi-resource-slipway", "slipway/pulumi-resource-"])
      expect(() => accessSync(join(target, "package", "provider", name), constants.X_OK)).not.toThrow();
  });

  test("says what is missing without its dependencies", () => {
    const plugin = join(target, "package", "provider", "slipway", "pulumi-resource-slipway");
    const { status, stdout, stderr } = spawnSync(plugin, ["127.0.0.1:1"], { encoding: "utf8", cwd: target });
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^@slipway\/capi [\d.]+: @pulumi\/pulumi: expected version [\d.]+ beside the plugin/);
  });
});
