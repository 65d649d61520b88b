import { setTimeout as sleep } from "node:timers/promises";
import { type Process, processesWith } from "../../system/processes";
import { isRunFolder } from "../../system/temporary";
import type { Print } from "../toolchain/build/progress";

/** The other processes that have a run's folder as TMPDIR; none of a folder that is not a run's. */
export const processesOf = (folder: string, proc?: string): Process[] => {
  if (!isRunFolder(folder)) return [];
  const found = processesWith((environment) => environment.includes(`TMPDIR=${folder}`), proc);
  return found.filter(({ pid }) => pid !== process.pid);
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
