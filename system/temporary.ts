import { lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { basename, join } from "node:path";
import { isAlive, processesWith } from "./processes";

/** Temporary folder for the programs of one run. Other users cannot read it. */
export interface Temporary {
  /** Absolute path, for TMPDIR. */
  folder: string;
  /** Deletes the folder with its content. A second call does nothing. */
  close: () => void;
}

/** Returns the prefix of a folder's name. Its machine and pid show who may delete the folder; env.sh uses it too. */
export const temporaryPrefix = (machine: string, pid: number | string): string => `slipway-run-${machine}-${pid}-`;

const namePattern = /^slipway-run-(.+)-(\d+)-[A-Za-z0-9]{6}$/;

/** Variables for daemons, which outlive the run that starts them and so need another temporary folder. */
export const lastingTemporary = { TMPDIR: "/tmp" };

/** Returns whether a path is the folder of a run. A process with this TMPDIR belongs to the run and may end with it. */
export const isRunFolder = (path: string): boolean => namePattern.test(basename(path));

/** Returns whether a folder's name belongs to a run of this machine whose process ended. */
export const isAbandoned = (name: string): boolean => {
  const [, machine, pid] = namePattern.exec(name) ?? [];
  return machine === hostname() && !isAlive(Number(pid));
};

/** Returns whether a process of this machine still uses the folder. Child processes may outlive a killed run. */
const isUsed = (folder: string): boolean =>
  processesWith((environment) => environment.some((variable) => variable.includes(folder))).length > 0;

/**
 * Deletes this user's folders of killed runs of this machine, unless a living process uses them.
 *
 * @param parent folder that contains the folders of runs
 * @returns the names of the deleted folders
 */
export const removeAbandoned = (parent: string): string[] =>
  readdirSync(parent).filter((name) => {
    if (!isAbandoned(name)) return false;
    const folder = join(parent, name);
    try {
      const status = lstatSync(folder);
      // All users can write to the parent, so links and other users' folders are skipped.
      if (!status.isDirectory() || status.uid !== userInfo().uid || isUsed(folder)) return false;
      rmSync(folder, { recursive: true, force: true });
      return true;
    } catch {
      return false; // another run deleted it first
    }
  });

/**
 * Creates the folder of this run (mode 0700) and deletes the folders of killed runs. The Kubernetes plugin writes each
 * cluster's kubeconfig into the temporary folder and does not delete it.
 *
 * @param parent default: the machine's temporary folder
 */
export const openTemporary = (parent = tmpdir()): Temporary => {
  removeAbandoned(parent);
  const folder = mkdtempSync(join(parent, temporaryPrefix(hostname(), process.pid)));
  return { folder, close: () => rmSync(folder, { recursive: true, force: true }) };
};
