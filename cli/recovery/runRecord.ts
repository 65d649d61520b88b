import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeAtomically } from "../../system/files";
import { isRunning, type ProcessIdentity, startOf } from "../../system/processes";
import { isRunFolder, openTemporary } from "../../system/temporary";

/** Record of one run of Pulumi. It exists until the run has ended successfully. */
export interface RunRecord extends ProcessIdentity {
  /** TMPDIR of the run's processes. */
  folder: string;
}

/** A run in progress. */
export interface OpenRun {
  folder: string;
  /** Removes the folder. After a failure the record stays, so that the next run repairs the state. */
  close: (endedWell: boolean) => void;
}

/** Returns the folder of the records. */
const recordFolder = (checkout: string): string => join(checkout, ".slipway", "runs");

const prefix = (stack: string): string => `${stack}@`; // stack names contain no @

/** Returns the pid of a process that runs Pulumi on the stack now; undefined without one. */
export const activeRun = (checkout: string, stack: string): number | undefined => {
  const folder = recordFolder(checkout);
  const files = existsSync(folder) ? readdirSync(folder) : [];
  for (const name of files.filter((file) => file.startsWith(prefix(stack)) && file.endsWith(".json"))) {
    try {
      const record = JSON.parse(readFileSync(join(folder, name), "utf8")) as RunRecord;
      if (isRunning(record)) return record.pid;
    } catch {
      continue; // another process removed the record, or is writing it
    }
  }
  return undefined;
};

/** Returns the records of failed runs of a stack by file. Records of running processes are left out. */
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
        return []; // another process removed the record, or is writing it
      }
    }),
  );
};

/** Deletes the records of earlier runs. */
export const forgetRuns = (files: readonly string[]): void => files.forEach((file) => rmSync(file, { force: true }));

const takeOverFile = (checkout: string, stack: string): string =>
  join(recordFolder(checkout), `${prefix(stack)}takes-over`);

/** Records that a killed run may have created objects that are not in the state. */
export const noteTakeOver = (checkout: string, stack: string): void =>
  writeAtomically(takeOverFile(checkout, stack), "", { private: true });

/**
 * Returns the variables that make Pulumi's Kubernetes plugin take over objects of a killed run. Since 4.29 the plugin refuses
 * an existing object, unless it may upsert. Each run applies fields under its own name, which conflicts without force.
 */
export const takeOverVariables = (checkout: string, stack: string): Record<string, string> =>
  existsSync(takeOverFile(checkout, stack))
    ? { PULUMI_K8S_UPSERT_EXISTING_OBJECTS: "true", PULUMI_K8S_ENABLE_PATCH_FORCE: "true" }
    : {};

/** Deletes the record of `noteTakeOver`, because all objects are in the state or deleted. */
export const forgetTakeOver = (checkout: string, stack: string): void =>
  rmSync(takeOverFile(checkout, stack), { force: true });

/**
 * Opens a run of Pulumi. All programs of the run have the same temporary folder as TMPDIR, so that the processes of a killed
 * run can be identified. The command's temporary folder is used if it exists.
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
