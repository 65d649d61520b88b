import { readdirSync, readFileSync } from "node:fs";

/** A process, by what Linux tells of it. */
export interface Process {
  pid: number;
  /** Its command line; empty of one that ended and that nobody waited for. */
  command: string;
}

const read = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // it ended, or is another user's
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
    .filter((pid) => passes(read(`${proc}/${pid}/environ`).split("\0")))
    .map((pid) => ({ pid, command: read(`${proc}/${pid}/cmdline`).replaceAll("\0", " ").trim() }));
