import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import * as zlib from "node:zlib";
import { listAt } from "../../lib/base/json";
import type { RecordedResource } from "../../lib/plan/deletedObjects";
import { isAlive } from "../../system/processes";
import type { Print } from "../toolchain/build/progress";
import { backendFolder, isFileBackend } from "./backendUrl";
import { isStateFile } from "./environment";

/** Returns the folder of a stack's locks in a file backend. */
export const lockFolder = (backend: string, stack: string): string =>
  join(backendFolder(backend), ".pulumi", "locks", "organization", "slipway", stack);

const filesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

/** Returns the folder of all stacks' states in a file backend. */
const statesFolder = (backend: string): string => join(backendFolder(backend), ".pulumi", "stacks", "slipway");

/** Returns true if a file backend has a state of the stack; false for other backends. */
export const hasState = (backend: string, stack: string): boolean =>
  isFileBackend(backend) &&
  filesIn(statesFolder(backend)).some((file) => isStateFile(file) && file.split(".json")[0] === stack);

/** Decompresses Zstandard data; Node 20 cannot. */
const { zstdDecompressSync } = zlib as { zstdDecompressSync?: (data: Buffer) => Buffer };

/** How the state's file is compressed, by the ending of its name. */
const formats: Readonly<Record<string, ((data: Buffer) => Buffer) | undefined>> = {
  ".json": (data) => data,
  ".json.gz": (data) => zlib.gunzipSync(data),
  ".json.zst": zstdDecompressSync,
};

/** Returns the resources in a stack's state of a file backend without Pulumi; none if the state cannot be read. */
export const recordedResources = (backend: string, stack: string): RecordedResource[] => {
  if (!isFileBackend(backend)) return [];
  try {
    const folder = statesFolder(backend);
    const ending = Object.keys(formats).find((format) => existsSync(join(folder, `${stack}${format}`))) ?? "";
    const text = formats[ending]?.(readFileSync(join(folder, `${stack}${ending}`))).toString("utf8");
    const state: unknown = JSON.parse(text ?? "null");
    return [...listAt(state, "checkpoint", "latest", "resources")] as RecordedResource[];
  } catch {
    return []; // no state, or an incomplete state
  }
};

const isComplete = (file: string): boolean => {
  try {
    JSON.parse(readFileSync(file, "utf8"));
    return true;
  } catch {
    return false;
  }
};

/**
 * Removes a stack's incomplete files in a file backend after a run was killed while writing. It does nothing while a run has
 * the stack's lock. Pulumi renames the state into place, but writes the state's attributes in place. With incomplete
 * attributes Pulumi always fails with "failed to load checkpoint: EOF". Without attributes it reads the state.
 */
export const repairStateFiles = (backend: string, stack: string, print: Print): void => {
  if (!isFileBackend(backend)) return;
  if (filesIn(lockFolder(backend, stack)).some((name) => name.endsWith(".json"))) return;
  const folder = statesFolder(backend);
  for (const name of filesIn(folder).filter((file) => file.startsWith(`${stack}.json`))) {
    const isIncomplete = name.endsWith(".attrs") ? !isComplete(join(folder, name)) : /\.[0-9a-f]+\.tmp$/.test(name);
    if (!isIncomplete) continue;
    rmSync(join(folder, name), { force: true });
    print(`state: removed ${name}, which a killed run did not finish`);
  }
};

/**
 * Removes the locks that killed runs of Pulumi left on a stack in a file backend. A lock contains host and process. A lock
 * of a dead process of this host can be removed safely, although Pulumi asks the user for `pulumi cancel`.
 */
export const removeStaleLocks = (backend: string, stack: string, print: Print): void => {
  if (!isFileBackend(backend)) return;
  const folder = lockFolder(backend, stack);
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    if (!name.endsWith(".json")) continue;
    const file = join(folder, name);
    try {
      const { pid, hostname: host } = JSON.parse(readFileSync(file, "utf8")) as { pid?: number; hostname?: string };
      if (pid === undefined || host !== hostname() || isAlive(pid)) continue;
      rmSync(file);
      rmSync(`${file}.attrs`, { force: true });
      print(`state: removed the lock of process ${pid}, which is gone (a killed run)`);
    } catch {
      // the owner writes or removes the lock now, so Pulumi reports it
    }
  }
};
