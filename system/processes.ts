import { readFileSync, readdirSync } from "node:fs";

/** A field of what Linux tells of a process, counted from behind its name; empty without one. */
const statField = (pid: number, index: number): string => {
  try {
    // The second field is the program's name in brackets and may hold spaces: count from behind it.
    return (
      readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ")[index] ?? ""
    );
  } catch {
    return ""; // no /proc (macOS), or no such process
  }
};

/** When a process started, in the kernel's own unit; tells a process from a later one that got the same pid. */
export const startOf = (pid: number): string => statField(pid, 19);

/** The number of a process's parent. */
export const parentOf = (pid: number): number => Number(statField(pid, 1));

/** Whether there is a process of that number. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // someone else's, but there
  }
};

/** What tells a process from a later one that got its number. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, in the kernel's own unit; empty where the system does not tell. */
  start: string;
}

/** Whether that very process is there. */
export const isRunning = ({ pid, start }: ProcessIdentity): boolean =>
  isAlive(pid) && (start === "" || startOf(pid) === start);

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
