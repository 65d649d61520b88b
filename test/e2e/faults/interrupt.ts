import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestStack } from "../testStack";
import { readSteps } from "./events";
import { isReached, type Run } from "./point";

/** How a run ended. */
export interface Ended {
  code: number | undefined;
  /** Seconds from its start to the signal; absent where none was sent. */
  after?: number;
  /** The end of what it printed. */
  output: string;
}

/** A process and its descendants, by number. */
const familyOf = (root: number): number[] => {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8").replace(/^.*\) /s, "");
      const parent = Number(stat.split(" ")[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // it ended meanwhile
    }
  }
  const family = [root];
  for (const pid of family) family.push(...(children.get(pid) ?? []));
  return family;
};

const send = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch {
    // it ended meanwhile
  }
};

const strike = (pid: number, { point }: Run): void => {
  if (point === undefined) return;
  if (point.reach === "all") for (const each of familyOf(pid)) send(each, point.signal);
  else send(-pid, point.signal);
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
  const child: ChildProcess = spawn("scripts/slipway", [run.verb, "--event-log", events], {
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
  let after: number | undefined;
  while (!isOver) {
    if (run.point && after === undefined && isReached(run.point.at, readSteps(events), seconds())) {
      after = seconds();
      strike(child.pid!, run);
    }
    await sleep(50);
  }
  // After SIGINT the engine may outlive the front door; after SIGKILL its end is a matter of moments.
  while (groupLives(child.pid!)) await sleep(100);
  return { code, ...(after === undefined ? {} : { after }), output: readFileSync(log, "utf8").slice(-5000) };
};
