import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { pathWithTools, requireTools } from "../../../provider/slipway/tools";

const home = process.cwd();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-tools-"));
  // A program's folder with tools of its own, as the checkout has.
  mkdirSync(join(folder, ".tools", "bin"), { recursive: true });
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

const install = (...names: string[]): void =>
  names.forEach((name) => writeFileSync(join(folder, ".tools", "bin", name), ""));

test("missing tools are named in one sentence, with the command that installs them", () => {
  install("pulumi");
  expect(() => requireTools("")).toThrow(
    new RegExp(
      `^tools: expected kind, kubectl, pulumi in ${folder}/.tools/bin or on PATH, got no kind and no kubectl\\. ` +
        `Run ${folder}/scripts/slipway tools\\.$`,
    ),
  );
});

test("tools of the package and tools on PATH suffice", () => {
  install("kind", "kubectl");
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin", "pulumi"), "");
  expect(() => requireTools(join(folder, "bin"))).not.toThrow();
});

test("the user's programs come before the package's tools", () => {
  expect(pathWithTools("/usr/bin:/bin")).toBe(`/usr/bin:/bin:${folder}/.tools/bin`);
  expect(pathWithTools()).toBe(`${folder}/.tools/bin`);
});
