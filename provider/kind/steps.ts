import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { execute, type Log, type Printed } from "../plugin/execute";

/** Folder of a packed plugin, which has the folder `steps`; undefined in a checkout, where the engine's folder has it. */
const packedFolder = existsSync(join(__dirname, "steps")) ? __dirname : undefined;

/** Runs a script of the folder `steps`. */
export const executeStep = (
  name: string,
  inputs: { environment: Record<string, string>; stdin?: string },
  log: Log,
): Promise<Printed> =>
  execute(`steps/${name}`, packedFolder === undefined ? inputs : { ...inputs, dir: packedFolder }, undefined, log);

/** Returns a path, which may be relative to the program's folder, as a script can read it. */
export const pathForStep = (path: string): string => (packedFolder === undefined ? path : resolve(path));
