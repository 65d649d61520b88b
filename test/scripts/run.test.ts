import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { root } from "../../system/checkout";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-run-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program of two files from another folder than the checkout. */
const run = (program: string, args: string[] = [], env: Record<string, string> = {}) => {
  writeFileSync(join(folder, "part.ts"), "export const add = (a: number, b: number): number => a + b;\n");
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
import { add } from "./part";
console.log(JSON.stringify([add(1, 2), load("a: 1"), process.argv.slice(2), process.argv[1]?.endsWith("program.ts")]));
process.exitCode = 3;
`;
    const { status, stdout } = run(program, ["a  b", "--", "$(c)"]);
    expect(JSON.parse(stdout)).toEqual([3, { a: 1 }, ["a  b", "--", "$(c)"], true]);
    expect(status).toBe(3);
  });

  test("that throws fails; with SLIPWAY_TRACE the trace names the source line", () => {
    const program = 'import { add } from "./part";\n\nthrow new Error(`the result is ${add(1, 2)}`);\n';
    const { status, stderr } = run(program, [], { SLIPWAY_TRACE: "1" });
    expect(status).toBe(1);
    expect(stderr).toMatch(/the result is 3[^]*program\.ts:3/);
  });

  test("with a syntax error does not start, and the error names the line", () => {
    const { status, stdout, stderr } = run('console.log("started");\nconst = 1;\n');
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/program\.ts:2/);
  });
});

describe("what is kept of a program of the checkout", () => {
  const kept = join(root, ".slipway", "bundles");
  const bundles = () => readdirSync(kept);
  let bundle: string;
  beforeEach(() => {
    mkdirSync(kept, { recursive: true, mode: 0o700 });
    bundle = mkdtempSync(join(root, ".slipway", "test-"));
  });
  afterEach(() => rmSync(bundle, { recursive: true }));

  const says = (): string => {
    const { stdout } = spawnSync("node", ["scripts/run.cjs", join(bundle, "program.ts")], {
      cwd: root,
      encoding: "utf8",
    });
    return stdout.trim();
  };

  test("is taken until one of its files changes, and built again if it is damaged", async () => {
    const before = bundles();
    writeFileSync(join(bundle, "part.ts"), 'export const word = "one";\n');
    writeFileSync(join(bundle, "program.ts"), 'import { word } from "./part";\nconsole.log(word);\n');
    await new Promise((resolve) => setTimeout(resolve, 20)); // what is written while it is read is not kept
    expect(says()).toBe("one");
    const [file, ...rest] = bundles().filter((name) => !before.includes(name));
    expect(rest).toEqual([]);
    const place = join(kept, file!);
    try {
      expect(says()).toBe("one");
      writeFileSync(join(bundle, "part.ts"), 'export const word = "other";\n');
      expect(says()).toBe("other");
      writeFileSync(place, "{");
      expect(says()).toBe("other");
    } finally {
      rmSync(place, { force: true });
    }
  });
});
