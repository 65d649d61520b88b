import { type ChildProcess, spawn } from "node:child_process";
import type { Counts } from "./harness";

/** Ends a child by its id, and waits for its end. */
export const endChild = async (child: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill(signal);
  await ended;
};

/** Options of `unshare` for a machine of a run's own. All of its processes end with the first one. */
export const namespaces = ["--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child"];

/** Runs a program, shows what it prints, and returns it. */
export const runShown = (program: string, args: readonly string[]): Promise<string> => {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      process.stdout.write(text);
    });
    child.on("error", reject);
    child.on("close", () => resolve(stdout));
  });
};

/** Returns the counts in the last line of a suite; one failure without that line. */
export const countsIn = (printed: string): Counts => {
  const last = printed.trimEnd().split("\n").at(-1) ?? "";
  const [, passed, failed] = /^(\d+) passed, (\d+) failed$/.exec(last) ?? [];
  return { passed: Number(passed ?? 0), failed: Number(failed ?? 1) };
};
