import { lstatSync, readFileSync, renameSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../../lib/base/errors";
import { refuse } from "../../../lib/base/problem";
import { createAtomically } from "../../../system/files";
import { isRunning, startOf } from "../../../system/processes";

/** Releases the lock. A second call does nothing. */
export type Release = () => void;

const refuseLock = (path: string, got: string): never =>
  refuse({
    key: path,
    rule: "a lock file that can be read and moved",
    got,
    remedy: "Delete it if no other run fills the cache",
  });

/** Returns the result of an action, or undefined if the file does not exist; refuses the lock after other errors. */
const ifExists = <T>(path: string, action: () => T): T | undefined => {
  try {
    return action();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : refuseLock(path, messageOf(error));
  }
};

const read = (path: string): string | undefined => ifExists(path, () => readFileSync(path, "utf8"));

const holderIsGone = (text: string): boolean => {
  const [pid = "", start = ""] = text.trim().split(" ");
  return !/^\d+$/.test(pid) || !isRunning({ pid: Number(pid), start });
};

/** Removes the lock of a dead process, and restores the lock if a living process has taken it meanwhile. */
const clear = (path: string): void => {
  const aside = `${path}.stale.${process.pid}.${Math.random().toString(36).slice(2)}`;
  ifExists(path, () => renameSync(path, aside));
  const holder = read(aside);
  if (holder === undefined) return; // another process has removed the lock
  // createAtomically does nothing if another process has created a new lock.
  if (!holderIsGone(holder)) createAtomically(path, holder);
  rmSync(aside, { force: true });
};

/**
 * Takes the lock file. It waits for a living holder, and removes the lock of a dead holder.
 *
 * @throws ProblemError for a lock file that cannot be read
 */
export const takeLock = async (path: string, onWait: (pid: string) => void, pollMs = 500): Promise<Release> => {
  let hasReported = false;
  while (!createAtomically(path, `${process.pid} ${startOf(process.pid)}\n`)) {
    const holder = read(path);
    if (holder === undefined) {
      // The lock was released meanwhile, or it is a link to a missing file, which exists and cannot be read.
      if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) refuseLock(path, "a link to a missing file");
      continue;
    }
    if (holderIsGone(holder)) {
      clear(path);
      continue;
    }
    if (!hasReported) onWait(holder.trim().split(" ")[0] ?? "");
    hasReported = true;
    await sleep(pollMs);
  }
  let held = true;
  return () => {
    if (held) rmSync(path, { force: true });
    held = false;
  };
};
