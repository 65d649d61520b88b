import { closeSync, existsSync, lstatSync, openSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join, resolve, sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { printable } from "../../lib/base/problem";
import { createFolder, writeAtomically } from "../../system/files";
import { homeFolder } from "../../system/homeFolder";
import { inspectFile, readRegularFile } from "../../system/regularFile";
import { callerFolder } from "./callerFolder";

/** Paths of a user's kubeconfigs. */
export interface UserFiles {
  /** Target of merges: the first file of KUBECONFIG, else ~/.kube/config. */
  first: string;
  /** Every file of KUBECONFIG, and ~/.kube/config. */
  all: string[];
}

/** Returns the user's kubeconfigs as absolute paths. Relative paths start at the folder that slipway was called in. */
export const userFiles = (env: NodeJS.ProcessEnv = process.env): UserFiles => {
  const usual = join(homeFolder(env), ".kube", "config");
  const named = (env.KUBECONFIG ?? "")
    .split(delimiter)
    .filter(Boolean)
    .map((path) => (isAbsolute(path) ? resolve(path) : resolve(callerFolder(env), path)));
  return { first: named[0] ?? usual, all: [...new Set([...named, usual])] };
};

const refuseFile = (file: string, fault: string): never => {
  throw new Error(
    `${printable(file)}: expected a regular file that can be read, got ${fault}. Name another file in KUBECONFIG.`,
  );
};

/**
 * Returns the content of a user's kubeconfig; undefined if the file does not exist.
 *
 * @throws for a path that cannot be read as a file, such as a folder or a pipe
 */
const readUserFile = (file: string): Buffer | undefined => {
  if (!inspectFile(file).exists) return undefined;
  const reading = readRegularFile(file);
  return "bytes" in reading ? reading.bytes : refuseFile(file, reading.fault);
};

/** Returns true if a user's kubeconfig contains a text. Users set KUBECONFIG to /dev/null for an empty kubeconfig. */
export const userFileIncludes = (file: string, text: string): boolean => {
  const isEmpty = inspectFile(file).isCharacterDevice && realpathSync(file) === "/dev/null";
  return !isEmpty && readUserFile(file)?.includes(text) === true;
};

/** Resolves symbolic links, also those to a file that does not exist yet. Links in a circle have a fault already. */
const realFile = (file: string): string => {
  if (existsSync(file)) return realpathSync(file);
  const isLink = lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return isLink ? realFile(resolve(dirname(file), readlinkSync(file))) : file;
};

/** Returns the real path of a user's file. Throws for a folder, a pipe, or a kubeconfig that Slipway writes. */
const requireUserFile = (file: string, checkout: string): string => {
  const { fault } = inspectFile(file);
  if (fault !== undefined) refuseFile(file, fault);
  const real = realFile(file);
  const stateFolder = join(checkout, ".slipway");
  if (real.startsWith((existsSync(stateFolder) ? realpathSync(stateFolder) : stateFolder) + sep))
    throw new Error(
      `${printable(file)}: expected a kubeconfig of the user, got one that up overwrites. ` +
        "Unset KUBECONFIG, or name another file first in it.",
    );
  return real;
};

/** Runs an action while it holds the lock that kubectl takes on a kubeconfig. */
const withLock = async <T>(file: string, seconds: number, action: () => T): Promise<T> => {
  const lock = `${file}.lock`;
  createFolder(dirname(file), 0o700);
  const end = Date.now() + seconds * 1000;
  for (;;) {
    try {
      closeSync(openSync(lock, "wx", 0o600));
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      if (Date.now() >= end)
        throw new Error(
          `${printable(lock)}: expected no lock within ${seconds} s, got the lock of another program. ` +
            "Delete the file if no program such as kubectl changes the kubeconfig.",
        );
      await sleep(100);
    }
  }
  try {
    return action(); // synchronous, so that a signal rarely leaves the lock behind
  } finally {
    rmSync(lock, { force: true });
  }
};

/** Options of a change of a kubeconfig. */
export interface ChangeOptions {
  /** The checkout; files in its .slipway are refused. */
  checkout: string;
  /** Seconds to wait for another program's lock; default: 5. */
  seconds?: number;
}

/**
 * Changes a user's kubeconfig atomically, with kubectl's lock. The file gets mode 0600. A backup in the same folder keeps
 * the previous content, also with mode 0600.
 *
 * @param change returns the new text for the current text, which is empty without a file; its error stops the change
 * @returns the path of the backup; undefined if there was no file, or nothing changed
 */
export const changeUserFile = (
  file: string,
  change: (text: string) => string,
  { checkout, seconds = 5 }: ChangeOptions,
): Promise<string | undefined> => {
  const real = requireUserFile(file, checkout);
  return withLock(file, seconds, () => {
    const before = readUserFile(real);
    const text = before?.toString("utf8") ?? "";
    const after = change(text);
    if (after === text) return undefined;
    const backup = `${real}.slipway-backup`;
    if (before !== undefined) writeAtomically(backup, before, { private: true });
    writeAtomically(real, after, { private: true });
    return before === undefined ? undefined : backup;
  });
};
