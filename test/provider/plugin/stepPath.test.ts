import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { stepPath } from "../../../provider/plugin/stepPath";

const home = process.cwd();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-step-"));
});
afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

test("a step of the program's folder keeps its relative path", () => {
  expect(stepPath("steps/kind-create")).toBe("steps/kind-create");
});

test("a program without steps runs the script of the package", () => {
  process.chdir(folder);
  expect(stepPath("steps/kind-create")).toBe(`'${join(home, "steps/kind-create")}'`);
});

test.each(["echo steps/kind-create", "steps/../x", "steps/kind-create; id", "Steps/kind-create"])(
  "%j is not a step, and stays",
  (command) => {
    process.chdir(folder);
    expect(stepPath(command)).toBe(command);
  },
);
