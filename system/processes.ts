import { readFileSync, readdirSync } from "node:fs";

/** Returns a field of /proc/PID/stat, counted after the program's name; empty without /proc or the process. */
const statField = (pid: number, index: number): string => {
  try {
    // The second field is the program's name in parentheses. The name may contain spaces, so counting starts after it.
    return (
      readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ")[index] ?? ""
    );
  } catch {
    return ""; // no /proc (macOS), or no such process
  }
};

/** Returns the start time of a process in clock ticks. It distinguishes the process from a later one with the same pid. */
export const startOf = (pid: number): string => statField(pid, 19);

/** Returns the pid of a process's parent. */
export const parentOf = (pid: number): number => Number(statField(pid, 1));

/** Returns whether a process with this pid exists. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // the process exists and belongs to another user
  }
};

/** Identity of a process, which a later process with the same pid does not have. */
export interface ProcessIdentity {
  pid: number;
  /** Start time in clock ticks; empty on systems without /proc. */
  start: string;
}

/** Returns whether the identified process still exists. */
export const isRunning = ({ pid, start }: ProcessIdentity): boolean =>
  isAlive(pid) && (start === "" || startOf(pid) === start);

/** A process with its command line from /proc. */
export interface Process {
  pid: number;
  /** Command line; empty for a zombie process. */
  command: string;
}

/** Returns a file of /proc/PID; empty if the process ended or belongs to another user. */
export const processFile = (pid: number, name: string, proc = "/proc"): string => {
  try {
    return readFileSync(`${proc}/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
};

/** Returns the pids of all processes; empty on systems without /proc. */
export const processNumbers = (proc = "/proc"): number[] => {
  try {
    return readdirSync(proc)
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
};

/** Returns the processes whose initial environment (a list of `NAME=value`) passes, which may include this process. */
export const processesWith = (passes: (environment: string[]) => boolean, proc = "/proc"): Process[] =>
  processNumbers(proc)
    .filter((pid) => passes(processFile(pid, "environ", proc).split("\0")))
    .map((pid) => ({ pid, command: processFile(pid, "cmdline", proc).replaceAll("\0", " ").trim() }));
