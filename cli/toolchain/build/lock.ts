import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunning, startOf } from "../../../system/processes";

/** Frees the lock; harmless when called twice. */
export type Release = () => void;

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};

const holderIsGone = (text: string): boolean => {
  const [pid = "", start = ""] = text.trim().split(" ");
  return !/^\d+$/.test(pid) || !isRunning({ pid: Number(pid), start });
};

/** Writes the lock with its content in one step; false when somebody else has it. */
const take = (path: string): boolean => {
  const fresh = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  writeFileSync(fresh, `${process.pid} ${startOf(process.pid)}\n`);
  try {
    linkSync(fresh, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
};

/** Removes the lock of a dead process, and puts it back if in the meantime it became that of a living one. */
const clear = (path: string): void => {
  const aside = `${path}.stale.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    renameSync(path, aside);
  } catch {
    return; // another process was quicker
  }
  try {
    if (!holderIsGone(read(aside) ?? "")) linkSync(aside, path);
  } catch {
    // somebody took the free place: nothing to put back
  } finally {
    rmSync(aside, { force: true });
  }
};

/** Takes the lock file, waiting for a living holder and taking over from a dead one. */
export const takeLock = async (path: string, onWait: (pid: string) => void, pollMs = 500): Promise<Release> => {
  mkdirSync(dirname(path), { recursive: true });
  let said = false;
  while (!take(path)) {
    const holder = read(path);
    if (holder === undefined) continue;
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
