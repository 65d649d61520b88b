import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { join } from "node:path";
import { isAlive } from "../../system/processes";
import type { Print } from "../toolchain/build/progress";
import { isStateFile } from "./environment";

/** Path of a file backend. */
export const backendFolder = (backend: string): string =>
  backend.slice("file://".length).replace(/\?.*$/, "").replace(/^~/, homedir());

/** Folder of a stack's locks in a file backend. */
export const lockFolder = (backend: string, stack: string): string =>
  join(backendFolder(backend), ".pulumi", "locks", "organization", "slipway", stack);

const filesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

/** Folder of all stacks' states in a file backend. */
const statesFolder = (backend: string): string => join(backendFolder(backend), ".pulumi", "stacks", "slipway");

/** Whether a file backend has a state of the stack; false of other backends. */
export const hasState = (backend: string, stack: string): boolean =>
  backend.startsWith("file://") &&
  filesIn(statesFolder(backend)).some((file) => isStateFile(file) && file.split(".json")[0] === stack);

const isWhole = (file: string): boolean => {
  try {
    JSON.parse(readFileSync(file, "utf8"));
    return true;
  } catch {
    return false;
  }
};

/**
 * Makes a stack's files in a file backend readable again after a run was killed while it wrote them; while a run has the
 * stack's lock they are its own. The state itself is moved to its place whole, but the attributes beside it are written
 * before that, in place: of half of them Pulumi says "failed to load checkpoint: EOF" for ever. Without them it reads the
 * state as it is.
 */
export const repairStateFiles = (backend: string, stack: string, print: Print): void => {
  if (!backend.startsWith("file://")) return;
  if (filesIn(lockFolder(backend, stack)).some((name) => name.endsWith(".json"))) return;
  const folder = statesFolder(backend);
  for (const name of filesIn(folder).filter((file) => file.startsWith(`${stack}.json`))) {
    const isHalf = name.endsWith(".attrs") ? !isWhole(join(folder, name)) : /\.[0-9a-f]+\.tmp$/.test(name);
    if (!isHalf) continue;
    rmSync(join(folder, name), { force: true });
    print(`state: removed ${name}, which a killed run did not finish`);
  }
};

/**
 * Removes the locks that killed runs of Pulumi left on a stack in a file backend. Pulumi writes machine and process into
 * each, but asks the user to run `pulumi cancel`; a lock of a dead process of this machine can be taken away safely.
 */
export const removeStaleLocks = (backend: string, stack: string, print: Print): void => {
  if (!backend.startsWith("file://")) return;
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
      // being written or removed by its owner: Pulumi itself will say so
    }
  }
};
