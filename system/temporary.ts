import { lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { basename, join } from "node:path";
import { isAlive, processesWith } from "./processes";

/** A folder for what the programs of one run put aside; nobody else can look into it. */
export interface Temporary {
  /** Absolute path, for TMPDIR. */
  folder: string;
  /** Removes it with all that is in it; harmless when called twice. */
  close: () => void;
}

/** Machine and process in the name: who may take it away follows from them. env.sh makes folders of this name too. */
export const temporaryPrefix = (machine: string, pid: number | string): string => `slipway-run-${machine}-${pid}-`;

const namePattern = /^slipway-run-(.+)-(\d+)-[A-Za-z0-9]{6}$/;

/** The temporary folder of daemons: they outlive the run that starts them, and its own folder. */
export const lastingTemporary = { TMPDIR: "/tmp" };

/** Whether a path is such a folder: what runs with it as TMPDIR belongs to one run, and may be ended with it. */
export const isRunFolder = (path: string): boolean => namePattern.test(basename(path));

/** Whether a folder of that name is of a run of this machine whose process is gone. */
export const isAbandoned = (name: string): boolean => {
  const [, machine, pid] = namePattern.exec(name) ?? [];
  return machine === hostname() && !isAlive(Number(pid));
};

/** Whether a process of this machine has the folder as its TMPDIR: what a killed run started may outlive it. */
const isUsed = (folder: string): boolean =>
  processesWith((environment) => environment.some((variable) => variable.includes(folder))).length > 0;

/**
 * Removes the folders of runs that were killed: of this user and this machine, whose process is gone and that no living
 * process uses.
 *
 * @param parent folder they lie in
 * @returns the names of what was removed
 */
export const removeAbandoned = (parent: string): string[] =>
  readdirSync(parent).filter((name) => {
    if (!isAbandoned(name)) return false;
    const folder = join(parent, name);
    try {
      const found = lstatSync(folder);
      // The parent is open to all users: a link, or a folder of somebody else, is not ours to follow.
      if (!found.isDirectory() || found.uid !== userInfo().uid || isUsed(folder)) return false;
      rmSync(folder, { recursive: true, force: true });
      return true;
    } catch {
      return false; // another run was quicker
    }
  });

/**
 * Makes the folder of this run (mode 0700) and removes those of killed ones. The Kubernetes plugin writes each cluster's
 * kubeconfig into the temporary folder and leaves it there.
 *
 * @param parent default: the machine's temporary folder
 */
export const openTemporary = (parent = tmpdir()): Temporary => {
  removeAbandoned(parent);
  const folder = mkdtempSync(join(parent, temporaryPrefix(hostname(), process.pid)));
  return { folder, close: () => rmSync(folder, { recursive: true, force: true }) };
};
