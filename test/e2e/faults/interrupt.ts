import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestStack } from "../testStack";
import { readSteps } from "./events";
import { isReached, type Point, type Run } from "./point";
import { familyOf } from "./processes";

/** How a run ended. */
export interface Ended {
  code: number | undefined;
  /** Seconds from its start to the signal; absent where none was sent. */
  after?: number;
  /** The end of what it printed. */
  output: string;
}

const send = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch {
    // it ended meanwhile
  }
};

const strike = (pid: number, { signal, reach }: Point): void => {
  if (reach === "all") for (const each of familyOf(pid)) send(each, signal);
  else send(-pid, signal);
};

const groupLives = (pid: number): boolean => {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Starts a verb in a process group of its own, follows the engine's events, and strikes at the run's point. */
export const runToPoint = async (stack: TestStack, run: Run, folder: string): Promise<Ended> => {
  const events = join(folder, "events");
  const log = join(folder, "output");
  rmSync(events, { force: true });
  const output = openSync(log, "w");
  const start = Date.now();
  const seconds = (): number => (Date.now() - start) / 1000;
  // `stop` and `start` do not run Pulumi.
  const args = run.verb === "up" || run.verb === "destroy" ? ["--event-log", events] : [];
  const child: ChildProcess = spawn("scripts/slipway", [run.verb, ...args], {
    cwd: stack.checkout,
    // The flag is one of those that Pulumi keeps for its developers.
    env: { ...process.env, ...stack.env, PULUMI_DEBUG_COMMANDS: "true" },
    detached: true,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  let code: number | undefined;
  let isOver = false;
  child.on("close", (status) => {
    code = status ?? undefined;
    isOver = true;
  });
  let reached: number | undefined;
  let after: number | undefined;
  while (!isOver) {
    if (run.point && after === undefined) {
      if (reached === undefined && isReached(run.point.at, readSteps(events), seconds())) reached = seconds();
      const later = "later" in run.point.at ? (run.point.at.later ?? 0) : 0;
      if (reached !== undefined && seconds() >= reached + later) {
        after = seconds();
        strike(child.pid!, run.point);
      }
    }
    await sleep(50);
  }
  // After SIGINT the engine may outlive the front door; after SIGKILL its end is a matter of moments.
  while (groupLives(child.pid!)) await sleep(100);
  return { code, ...(after === undefined ? {} : { after }), output: readFileSync(log, "utf8").slice(-5000) };
};
