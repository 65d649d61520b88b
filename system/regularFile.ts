import { readFileSync, type Stats, statSync } from "node:fs";
import { pathFaultOf } from "../lib/base/errors";

/** Returns what a path is in words; undefined for a regular file. */
const typeOf = (status: Stats): string | undefined => {
  if (status.isFile()) return undefined;
  if (status.isDirectory()) return "a folder";
  if (status.isFIFO()) return "a named pipe";
  return status.isSocket() ? "a socket" : "a device";
};

/** What a path is: a file that exists or not, or the reason why it cannot be used as a file. */
export interface FileState {
  exists: boolean;
  /** The reason in words, such as `a folder`; absent for a missing file and for a regular file. */
  fault?: string;
  /** True for a character device such as /dev/null. */
  isCharacterDevice?: boolean;
}

/** Inspects a path without opening it, because opening a pipe waits for its other end. Symbolic links are followed. */
export const inspectFile = (path: string): FileState => {
  try {
    const status = statSync(path);
    const fault = typeOf(status);
    return { exists: true, ...(fault ? { fault } : {}), isCharacterDevice: status.isCharacterDevice() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { exists: false };
    const fault = pathFaultOf(error);
    if (fault === undefined) throw error;
    return { exists: true, fault };
  }
};

/** Content of a regular file, or the reason in words why the path cannot be read as a file. */
export type FileReading = { bytes: Buffer } | { fault: string };

/** Reads a regular file that a user named. Pipes and devices are not opened, because reading them may never end. */
export const readRegularFile = (path: string): FileReading => {
  const { fault } = inspectFile(path);
  if (fault !== undefined) return { fault };
  try {
    return { bytes: readFileSync(path) };
  } catch (error) {
    const reason = pathFaultOf(error);
    if (reason === undefined) throw error;
    return { fault: reason };
  }
};
