import { show } from "./problem";

/** Reasons why the operating system refuses a path, by code. */
const pathFaults: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EEXIST: "an existing file",
  EINVAL: "a path that the system refuses",
  EIO: "a disk with errors",
  EISDIR: "a folder",
  ELOOP: "symbolic links in a circle",
  EMFILE: "too many open files",
  ENAMETOOLONG: "a name that is too long",
  ENODEV: "a device that does not exist",
  ENOENT: "no such file or folder",
  ENOSPC: "a full disk",
  ENOTDIR: "a path below a file",
  ENXIO: "a socket or a device that does not answer",
  EPERM: "no permission",
  EROFS: "a read-only file system",
};

interface SystemError {
  code?: unknown;
  path?: unknown;
  syscall?: unknown;
}

/** Returns in words why the operating system refused a path; undefined for any other error. */
export const pathFaultOf = (error: unknown): string | undefined => {
  const { code, syscall } = Object(error) as SystemError;
  if (typeof code !== "string" || typeof syscall !== "string" || /^(spawn|connect)/.test(syscall)) return undefined;
  return Object.hasOwn(pathFaults, code) ? `${pathFaults[code]} (${code})` : undefined;
};

/** Returns the message of a thrown value. The error of a path has its place, rule and fix, as all errors of Slipway. */
export const messageOf = (error: unknown): string => {
  const { path } = Object(error) as SystemError;
  const fault = typeof path === "string" ? pathFaultOf(error) : undefined;
  if (fault !== undefined) return `${show(path)}: expected a usable path, got ${fault}. Correct the path.`;
  return error instanceof Error ? error.message : String(error);
};
