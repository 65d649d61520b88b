import { readdirSync, readFileSync } from "node:fs";

/** A process, by what Linux tells of it. */
export interface Process {
  pid: number;
  /** Its command line; empty of one that ended and that nobody waited for. */
  command: string;
}

/** What Linux tells of a process in one of its files; empty where it ended, or is another user's. */
export const processFile = (pid: number, name: string, proc = "/proc"): string => {
  try {
    return readFileSync(`${proc}/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
};

/** The numbers of all processes; none where the system has no /proc. */
export const processNumbers = (proc = "/proc"): number[] => {
  try {
    return readdirSync(proc)
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
};

/** The processes whose environment (`NAME=value` of each variable they were started with) passes, this one among them. */
export const processesWith = (passes: (environment: string[]) => boolean, proc = "/proc"): Process[] =>
  processNumbers(proc)
    .filter((pid) => passes(processFile(pid, "environ", proc).split("\0")))
    .map((pid) => ({ pid, command: processFile(pid, "cmdline", proc).replaceAll("\0", " ").trim() }));
