import { describe, expect, test } from "@jest/globals";
import { otherSuites, testStacksIn } from "./earlierRuns";

describe("test stacks of a killed run", () => {
  test("are known by the labels of their networks, each once", () => {
    const owners = ["slipway/e2e", "slipway/e2e-faults", "slipway/e2e", "", "slipway/dev", "slipway/e2ex", "other/e2e"];
    expect(testStacksIn(owners)).toEqual(["e2e", "e2e-faults"]);
  });
});

describe("a suite that is going on", () => {
  test.each([
    ["node scripts/run.cjs test/e2e/full.ts drift", [12]],
    ["/usr/bin/node scripts/run.cjs /elsewhere/test/e2e/run.ts", [12]],
    ["node scripts/run.cjs test/e2e/faults.ts --short", [12]],
    ["node node_modules/.bin/jest test/e2e/earlierRuns.test.ts", []],
    ["vi test/e2e/run.tsx", []],
  ])("%s", (command, expected) => {
    expect(otherSuites([{ pid: 12, command }], []).map(({ pid }) => pid)).toEqual(expected);
  });

  test("is not this one, nor what started it", () => {
    const processes = [3, 4, 5].map((pid) => ({ pid, command: "node test/e2e/run.ts" }));
    expect(otherSuites(processes, [5, 4]).map(({ pid }) => pid)).toEqual([3]);
  });
});
