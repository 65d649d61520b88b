import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../setup/pins";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-run-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program of two files from another folder than the checkout. */
const run = (program: string, args: string[] = [], env: Record<string, string> = {}) => {
  writeFileSync(join(folder, "part.ts"), "export const sum = (a: number, b: number): number => a + b;\n");
  writeFileSync(join(folder, "program.ts"), program);
  const { status, stdout, stderr } = spawnSync(
    "node",
    [join(root, "scripts", "run.cjs"), join(folder, "program.ts"), ...args],
    { cwd: folder, env: { ...process.env, ...env }, encoding: "utf8" },
  );
  return { status, stdout, stderr };
};

describe("a TypeScript program that node runs", () => {
  test("has its parts, its arguments, the checkout's packages, and gives its exit code", () => {
    const program = `import { load } from "js-yaml";
import { sum } from "./part";
console.log(JSON.stringify([sum(1, 2), load("a: 1"), process.argv.slice(2), process.argv[1]?.endsWith("program.ts")]));
process.exitCode = 3;
`;
    const { status, stdout } = run(program, ["a  b", "--", "$(c)"]);
    expect(JSON.parse(stdout)).toEqual([3, { a: 1 }, ["a  b", "--", "$(c)"], true]);
    expect(status).toBe(3);
  });

  test("that throws fails; with SLIPWAY_TRACE the trace names its own lines", () => {
    const program = 'import { sum } from "./part";\n\nthrow new Error(`the sum is ${sum(1, 2)}`);\n';
    const { status, stderr } = run(program, [], { SLIPWAY_TRACE: "1" });
    expect(status).toBe(1);
    expect(stderr).toMatch(/the sum is 3[^]*program\.ts:3/);
  });

  test("with a syntax error does not start, and the error names the line", () => {
    const { status, stdout, stderr } = run('console.log("started");\nconst = 1;\n');
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/program\.ts:2/);
  });
});
