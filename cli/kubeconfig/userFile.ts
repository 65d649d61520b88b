import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
} from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve, sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeAtomically } from "../../system/files";
import { callerFolder } from "./callerFolder";

/** Where a user's kubeconfigs are. */
export interface UserFiles {
  /** The file that entries are merged into: the first of KUBECONFIG, else ~/.kube/config. */
  first: string;
  /** Every file of KUBECONFIG, and ~/.kube/config. */
  all: string[];
}

/** Returns the user's kubeconfigs as absolute paths. Relative ones start at the folder that slipway was called in. */
export const userFiles = (env: NodeJS.ProcessEnv = process.env): UserFiles => {
  const usual = join(env.HOME || homedir(), ".kube", "config");
  const named = (env.KUBECONFIG ?? "")
    .split(delimiter)
    .filter(Boolean)
    .map((path) => resolve(callerFolder(env), path));
  return { first: named[0] ?? usual, all: [...new Set([...named, usual])] };
};

/** Follows symbolic links, also to a file that does not exist yet. */
const realFile = (file: string): string => {
  if (existsSync(file)) return realpathSync(file);
  const isLink = lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return isLink ? realFile(resolve(dirname(file), readlinkSync(file))) : file;
};

/** Throws for what is not the user's own file: a folder, a pipe, or a kubeconfig that Slipway itself writes. */
const requireUserFile = (file: string, real: string, checkout: string): void => {
  if (existsSync(real) && !statSync(real).isFile())
    throw new Error(`${file}: expected a regular file, got something else. Name another file in KUBECONFIG.`);
  const own = join(checkout, ".slipway");
  if (real.startsWith((existsSync(own) ? realpathSync(own) : own) + sep))
    throw new Error(
      `${file}: expected a kubeconfig of the user, got one that up overwrites. ` +
        "Unset KUBECONFIG, or name another file first in it.",
    );
};

/** Holds the lock that kubectl takes on a kubeconfig, while the action runs. */
const withLock = async <T>(file: string, seconds: number, action: () => T): Promise<T> => {
  const lock = `${file}.lock`;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const end = Date.now() + seconds * 1000;
  for (;;) {
    try {
      closeSync(openSync(lock, "wx", 0o600));
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      if (Date.now() >= end)
        throw new Error(
          `${lock}: expected no lock within ${seconds} s, got the lock of another program. ` +
            "Delete the file if no program such as kubectl changes the kubeconfig.",
        );
      await sleep(100);
    }
  }
  try {
    return action(); // at once, so that a signal can hardly leave the lock behind
  } finally {
    rmSync(lock, { force: true });
  }
};

/** How a kubeconfig is changed. */
export interface ChangeOptions {
  /** The checkout, in whose .slipway no file is a user's. */
  checkout: string;
  /** Seconds to wait for another program's lock; default: 5. */
  seconds?: number;
}

/**
 * Changes a user's kubeconfig as a whole or not at all, with kubectl's lock. The file gets mode 0600, and what it held is
 * in a backup beside it, also with mode 0600.
 *
 * @param change gets the text, which is empty where there is no file, and returns the new one; what it throws stops the change
 * @returns the path of the backup; undefined where there was no file, or nothing changed
 */
export const changeUserFile = (
  file: string,
  change: (text: string) => string,
  { checkout, seconds = 5 }: ChangeOptions,
): Promise<string | undefined> => {
  const real = realFile(file);
  requireUserFile(file, real, checkout);
  return withLock(file, seconds, () => {
    const before = existsSync(real) ? readFileSync(real) : undefined;
    const text = before?.toString("utf8") ?? "";
    const after = change(text);
    if (after === text) return undefined;
    const backup = `${real}.slipway-backup`;
    if (before !== undefined) writeAtomically(backup, before, { private: true });
    writeAtomically(real, after, { private: true });
    return before === undefined ? undefined : backup;
  });
};
