import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { endChild } from "./children";
import type { TestStack } from "./testStack";

/** A line of a command, and when it was printed. */
export interface ShownLine {
  /** Milliseconds since 1970. */
  time: number;
  text: string;
}

/** A command of Slipway whose lines are read while it runs. */
export interface ShownRun {
  lines: ShownLine[];
  /** Interrupts the command, and waits for its end. */
  interrupt: () => Promise<void>;
  /** True after the end of the command. */
  hasEnded: () => boolean;
}

/** Starts a command of Slipway on the stack. */
export const showRun = (stack: TestStack, ...args: string[]): ShownRun => {
  const child: ChildProcess = spawn("scripts/slipway", args, {
    cwd: stack.checkout,
    env: { ...process.env, ...stack.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: ShownLine[] = [];
  for (const input of [child.stdout!, child.stderr!])
    createInterface({ input }).on("line", (text) => void lines.push({ time: Date.now(), text }));
  return {
    lines,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    // Slipway passes the signal on to Pulumi.
    interrupt: () => endChild(child, "SIGTERM"),
  };
};
