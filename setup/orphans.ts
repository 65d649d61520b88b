import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Print } from "./progress";
import { isRunFolder } from "./temporary";

/** A process by its number, with what it runs. */
export interface Orphan {
  pid: number;
  command: string;
}

const read = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // it ended, or is another user's
  }
};

/** The processes that have a run's folder as TMPDIR; none of a folder that is not a run's, or without /proc. */
export const processesOf = (folder: string, proc = "/proc"): Orphan[] => {
  if (!isRunFolder(folder)) return [];
  let names: string[];
  try {
    names = readdirSync(proc);
  } catch {
    return [];
  }
  return names
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => read(`${proc}/${name}/environ`).split("\0").includes(`TMPDIR=${folder}`))
    .map((name) => ({ pid: Number(name), command: read(`${proc}/${name}/cmdline`).replaceAll("\0", " ").trim() }));
};

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch {
    // it ended meanwhile
  }
};

/**
 * Ends what a killed run left running: a kind that still makes or removes containers would meet the next run's, and an
 * engine without its front door holds the state. First asked, after 30 s killed.
 */
export const endProcesses = async (folder: string, print: Print, patienceMs = 30_000): Promise<void> => {
  for (const { pid, command } of processesOf(folder)) {
    print(`ending process ${pid} of an interrupted run: ${command.slice(0, 100)}`);
    signal(pid, "SIGTERM");
  }
  const deadline = Date.now() + patienceMs;
  // Asked anew each time: a script that ends may have started something before.
  for (let left = processesOf(folder); left.length > 0; left = processesOf(folder)) {
    if (Date.now() > deadline) for (const { pid } of left) signal(pid, "SIGKILL");
    await sleep(200);
  }
};
