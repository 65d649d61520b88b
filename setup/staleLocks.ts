import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { isAlive } from "./processIdentity";
import type { Print } from "./progress";
import { lockFolder } from "./stateFiles";

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
