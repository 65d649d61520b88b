import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeAtomically } from "../../system/files";
import { isRunning, type ProcessIdentity, startOf } from "../../system/processes";
import { isRunFolder, openTemporary } from "../../system/temporary";

/** One run of Pulumi, as it is kept until it ended well. */
export interface RunRecord extends ProcessIdentity {
  /** What the run's processes have as TMPDIR. */
  folder: string;
}

/** A run that is going on. */
export interface OpenRun {
  folder: string;
  /** Takes the folder away; the record stays where the run did not end well, for the next one to look after. */
  close: (endedWell: boolean) => void;
}

/** Folder of the records, relative to the checkout. */
const recordFolder = (checkout: string): string => join(checkout, ".slipway", "runs");

const prefix = (stack: string): string => `${stack}@`; // no stack's name has an @

/** The records of earlier runs of a stack that did not end well, by their files; those of living processes are left out. */
export const unfinishedRuns = (checkout: string, stack: string): Record<string, RunRecord> => {
  const folder = recordFolder(checkout);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = readdirSync(folder).filter((name) => name.startsWith(prefix(stack)) && name.endsWith(".json"));
  return Object.fromEntries(
    files.flatMap((name) => {
      const file = join(folder, name);
      try {
        const record = JSON.parse(readFileSync(file, "utf8")) as RunRecord;
        return isRunning(record) ? [] : [[file, record] as const];
      } catch {
        return []; // another process took it away, or writes it just now
      }
    }),
  );
};

/** Forgets earlier runs of a stack. */
export const forgetRuns = (files: readonly string[]): void => files.forEach((file) => rmSync(file, { force: true }));

const takeOverFile = (checkout: string, stack: string): string =>
  join(recordFolder(checkout), `${prefix(stack)}takes-over`);

/** Notes that a killed run was making objects, which the next `up` finds in a cluster without knowing them as its own. */
export const noteTakeOver = (checkout: string, stack: string): void =>
  writeAtomically(takeOverFile(checkout, stack), "", { private: true });

/**
 * Returns the variables that make Pulumi's Kubernetes plugin take such objects over. Since 4.29 the plugin refuses an
 * object that exists, unless it may upsert; and each run applies fields under its own name, which conflicts without force.
 */
export const takeOverVariables = (checkout: string, stack: string): Record<string, string> =>
  existsSync(takeOverFile(checkout, stack))
    ? { PULUMI_K8S_UPSERT_EXISTING_OBJECTS: "true", PULUMI_K8S_ENABLE_PATCH_FORCE: "true" }
    : {};

/** Forgets it: all objects are known, or gone. */
export const forgetTakeOver = (checkout: string, stack: string): void =>
  rmSync(takeOverFile(checkout, stack), { force: true });

/**
 * Opens a run of Pulumi: all programs it starts have one temporary folder as TMPDIR, the verb's own where there is one. By
 * it the processes of a run that was killed are found.
 */
export const openRun = (checkout: string, stack: string): OpenRun => {
  const { folder, close } = isRunFolder(tmpdir()) ? { folder: tmpdir(), close: () => undefined } : openTemporary();
  const record: RunRecord = { pid: process.pid, start: startOf(process.pid), folder };
  const file = join(recordFolder(checkout), `${prefix(stack)}${process.pid}-${folder.slice(-6)}.json`);
  writeAtomically(file, `${JSON.stringify(record)}\n`, { private: true });
  return {
    folder,
    close: (endedWell) => {
      close();
      if (endedWell) rmSync(file, { force: true });
    },
  };
};
