import { setTimeout as sleep } from "node:timers/promises";
import { type Process, processesWith } from "../../system/processes";
import { isRunFolder } from "../../system/temporary";
import type { Print } from "../toolchain/build/progress";

/** Returns the other processes with a run's folder as TMPDIR; none for a folder that is not a run's folder. */
export const processesOf = (folder: string, proc?: string): Process[] => {
  if (!isRunFolder(folder)) return [];
  const processes = processesWith((environment) => environment.includes(`TMPDIR=${folder}`), proc);
  return processes.filter(({ pid }) => pid !== process.pid);
};

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch {
    // the process has ended meanwhile
  }
};

/**
 * Ends the remaining processes of a killed run with SIGTERM, and after 30 s with SIGKILL. A remaining kind process would
 * interfere with the next run, and a remaining engine holds the state.
 */
export const endProcesses = async (folder: string, print: Print, timeoutMs = 30_000): Promise<void> => {
  for (const { pid, command } of processesOf(folder)) {
    print(`ending process ${pid} of an interrupted run: ${command.slice(0, 100)}`);
    signal(pid, "SIGTERM");
  }
  const deadline = Date.now() + timeoutMs;
  // Listed again each time, because a script may have started another process before its end.
  for (let left = processesOf(folder); left.length > 0; left = processesOf(folder)) {
    if (Date.now() > deadline) for (const { pid } of left) signal(pid, "SIGKILL");
    await sleep(200);
  }
};
