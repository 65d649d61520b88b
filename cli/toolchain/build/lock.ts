import { lstatSync, readFileSync, renameSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../../lib/base/errors";
import { refuse } from "../../../lib/base/problem";
import { createAtomically } from "../../../system/files";
import { isRunning, startOf } from "../../../system/processes";

/** Frees the lock; harmless when called twice. */
export type Release = () => void;

const refuseLock = (path: string, got: string): never =>
  refuse({
    key: path,
    rule: "a lock file that can be read and moved",
    got,
    remedy: "Delete it if no other run fills the cache",
  });

/** Returns what an action returns, or undefined where the file does not exist; refuses the lock after other errors. */
const ifThere = <T>(path: string, action: () => T): T | undefined => {
  try {
    return action();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : refuseLock(path, messageOf(error));
  }
};

const read = (path: string): string | undefined => ifThere(path, () => readFileSync(path, "utf8"));

const holderIsGone = (text: string): boolean => {
  const [pid = "", start = ""] = text.trim().split(" ");
  return !/^\d+$/.test(pid) || !isRunning({ pid: Number(pid), start });
};

/** Removes the lock of a dead process, and puts it back if in the meantime it became that of a living one. */
const clear = (path: string): void => {
  const aside = `${path}.stale.${process.pid}.${Math.random().toString(36).slice(2)}`;
  ifThere(path, () => renameSync(path, aside));
  const holder = read(aside);
  if (holder === undefined) return; // another process was quicker
  // Where somebody took the free place there is nothing to put back.
  if (!holderIsGone(holder)) createAtomically(path, holder);
  rmSync(aside, { force: true });
};

/**
 * Takes the lock file, waiting for a living holder and taking over from a dead one.
 *
 * @throws ProblemError for a lock file that cannot be read
 */
export const takeLock = async (path: string, onWait: (pid: string) => void, pollMs = 500): Promise<Release> => {
  let said = false;
  while (!createAtomically(path, `${process.pid} ${startOf(process.pid)}\n`)) {
    const holder = read(path);
    if (holder === undefined) {
      // It was freed meanwhile, unless it is a link that leads nowhere: that is there and cannot be read.
      if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) refuseLock(path, "a link to a missing file");
      continue;
    }
    if (holderIsGone(holder)) {
      clear(path);
      continue;
    }
    if (!said) onWait(holder.trim().split(" ")[0] ?? "");
    said = true;
    await sleep(pollMs);
  }
  let held = true;
  return () => {
    if (held) rmSync(path, { force: true });
    held = false;
  };
};
