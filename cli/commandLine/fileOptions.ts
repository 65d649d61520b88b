import { accessSync, constants, statSync } from "node:fs";
import { dirname, isAbsolute } from "node:path";
import { pathFaultOf } from "../../lib/base/errors";
import { show } from "../../lib/base/problem";
import { inspectFile, readRegularFile } from "../../system/regularFile";
import type { FileOption } from "./definition";

/** Returns why a path cannot be written, in words; undefined if it can. */
const writeFault = (path: string, takesPipe: boolean): string | undefined => {
  const { exists, fault, isCharacterDevice } = inspectFile(path);
  const isUsable = isCharacterDevice === true || (takesPipe && fault === "a named pipe");
  if (fault !== undefined && !isUsable) return fault;
  try {
    if (!exists && !statSync(dirname(path)).isDirectory()) return "a path below a file";
    accessSync(exists ? path : dirname(path), constants.W_OK);
    return undefined;
  } catch (error) {
    const reason = pathFaultOf(error);
    if (reason === undefined) throw error;
    return exists ? reason : `a path in a folder that cannot be written: ${reason}`;
  }
};

/**
 * Checks the files in options of Pulumi before anything starts. Pulumi writes a plan only at its end.
 *
 * @param folder base of relative paths: the folder in which Pulumi runs
 * @throws one error with all problems
 */
export const requireFiles = (files: readonly FileOption[], folder: string): void => {
  const problems = files.flatMap(({ flag, path, isWritten }) => {
    // Not normalized: the system refuses "file/." if file is not a folder.
    const whole = isAbsolute(path) ? path : `${folder}/${path}`;
    const reading = isWritten ? undefined : readRegularFile(whole);
    const unreadable = reading !== undefined && "fault" in reading ? reading.fault : undefined;
    const fault = isWritten ? writeFault(whole, flag === "--event-log") : unreadable;
    if (fault === undefined) return [];
    const rule = `a file that can be ${isWritten ? "written" : "read"}`;
    return [`${flag}: expected ${rule}, got ${show(path)} (${fault}). Name another file.`];
  });
  if (problems.length > 0) throw new Error(problems.join("\n"));
};
