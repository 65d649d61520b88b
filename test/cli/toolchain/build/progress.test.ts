import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { findTerminal, megabytes, Progress, type Terminal } from "../../../../cli/toolchain/build/progress";

let printed: string[];
const print = (line: string): void => void printed.push(line);
beforeEach(() => {
  jest.useFakeTimers();
  printed = [];
});
afterEach(() => void jest.useRealTimers());

/** A terminal as a user sees it: lines that stay, and the live line. */
const screen = (columns = 80): { terminal: Terminal; live: () => string; written: () => string[] } => {
  const written: string[] = [];
  const terminal = { columns, write: (text: string): void => void written.push(text) };
  return { terminal, live: () => written.join("").split("\r\u001b[K").at(-1) ?? "", written: () => written };
};

describe("progress on a terminal", () => {
  test("is one line with count, time, artifacts and bytes", () => {
    const { terminal, live, written } = screen();
    const progress = new Progress(12, print, { terminal });
    const prefix = progress.start("pulumi", "fetching 3.230.0");
    progress.start("kind", "fetching 0.33.0");
    progress.report("pulumi", 12_345_678, 80_000_000);
    jest.advanceTimersByTime(3000);
    expect(live()).toBe("[0/12] 0:03 pulumi (12.3 of 80.0 MB), kind (3.0 s)");
    progress.end("pulumi", prefix);
    expect(live()).toBe("[1/12] 0:03 kind (3.0 s)");
    progress.stop();
    expect(live()).toBe("");
    expect(printed).toEqual([]);
    expect(written().join("")).not.toContain("\n");
  });

  test("never fills the width, where the line would wrap", () => {
    const { terminal, live } = screen(30);
    const progress = new Progress(3, print, { terminal });
    for (const name of ["kubernetes", "cluster-api", "calico"]) progress.start(name, "building");
    expect(live()).toMatch(/^\[0\/3\] 0:00 kubernetes.*…$/);
    expect(live()).toHaveLength(29);
  });

  test("keeps what failed above the live line", () => {
    const { terminal, live, written } = screen();
    const progress = new Progress(2, print, { terminal });
    const prefix = progress.start("a", "building");
    progress.start("b", "building");
    written().length = 0;
    progress.end("a", prefix, true);
    progress.printLine("   | the compiler gave up");
    expect(printed).toEqual(["[1/2] a: FAILED after 0.0 s, 0:00 elapsed", "   | the compiler gave up"]);
    expect(written()[0]).toBe("\r\u001b[K"); // erased before the line that stays
    expect(live()).toBe("[0/2] 0:00 b (0.0 s)");
    progress.stop();
  });
});

test("progress in a log is whole lines with a sign of life, without control codes and bytes", () => {
  const progress = new Progress(1, print, { heartbeatMs: 1000 });
  const prefix = progress.start("pulumi", "fetching 3.230.0");
  progress.report("pulumi", 1_000_000);
  jest.advanceTimersByTime(1000);
  progress.end("pulumi", prefix);
  progress.stop();
  expect(printed).toEqual([
    "[1/1] pulumi: fetching 3.230.0 …",
    "   … 0:01 elapsed, at work: pulumi (1.0 s)",
    "[1/1] pulumi: done in 1.0 s, 0:01 elapsed",
  ]);
});

test("only a terminal on both streams gets the live line", () => {
  const streams = (stdout: boolean, stderr: boolean) =>
    ({ stdout: { isTTY: stdout }, stderr: { isTTY: stderr, columns: 120 } }) as unknown as NodeJS.Process;
  expect(findTerminal(streams(true, true), {})).toMatchObject({ columns: 120 });
  expect(findTerminal(streams(false, true), {})).toBeUndefined();
  expect(findTerminal(streams(true, false), {})).toBeUndefined();
  expect(findTerminal(streams(true, true), { TERM: "dumb" })).toBeUndefined();
});

test("bytes are spelled in megabytes, with the size where it is known", () => {
  expect([megabytes(1_250_000), megabytes(0, 2_000_000)]).toEqual(["1.3 MB", "0.0 of 2.0 MB"]);
});
