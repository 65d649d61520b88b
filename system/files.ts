import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A file's bytes, or undefined where there is none. */
export const readIfThere = (file: string): Promise<Buffer | undefined> =>
  readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });

/**
 * Returns the paths of all files below a folder; none if the folder does not exist. `readdirSync` of Node 20.0 does not
 * know the option `recursive`.
 */
export const filesBelow = (folder: string): string[] =>
  (existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });

/** Who may read a file that is written. */
export interface WriteOptions {
  /** Whether only the user may read the file, and each folder that is created for it; default: false. */
  private?: boolean;
}

/** Makes something beside a path, and puts it there in one step; leaves nothing behind where that fails. */
const place = <T>(
  path: string,
  options: WriteOptions,
  make: (partial: string) => void,
  put: (partial: string) => T,
): T => {
  mkdirSync(dirname(path), { recursive: true, ...(options.private && { mode: 0o700 }) });
  const partial = `${path}.${randomBytes(6).toString("hex")}.partial`;
  try {
    make(partial);
    return put(partial);
  } finally {
    rmSync(partial, { force: true });
  }
};

const write = (file: string, content: string | Buffer, mode: number | undefined): void => {
  writeFileSync(file, content, mode === undefined ? {} : { mode });
  // The umask may have taken more.
  if (mode !== undefined) chmodSync(file, mode);
};

/**
 * Writes a file; readers see the old file or the new one, whatever happens in between. A file that exists keeps its mode,
 * and a link keeps its place.
 */
export const writeAtomically = (file: string, content: string | Buffer, options: WriteOptions = {}): void => {
  const before = statSync(file, { throwIfNoEntry: false });
  const target = before === undefined ? file : realpathSync(file);
  const mode = options.private ? 0o600 : before && before.mode & 0o7777;
  place(
    target,
    options,
    (partial) => write(partial, content, mode),
    (partial) => renameSync(partial, target),
  );
};

/** Writes a file that must not exist yet, whole or not at all; returns false where something is there. */
export const createAtomically = (file: string, content: string | Buffer, options: WriteOptions = {}): boolean =>
  place(
    file,
    options,
    (partial) => write(partial, content, options.private ? 0o600 : undefined),
    (partial) => {
      try {
        linkSync(partial, file);
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
        throw error;
      }
    },
  );

/**
 * Makes `path` a symbolic link to `target`; an older link is replaced in one step.
 *
 * @throws if there is something else than a link
 */
export const pointLink = (path: string, target: string): void => {
  const before = lstatSync(path, { throwIfNoEntry: false });
  if (before?.isSymbolicLink() && readlinkSync(path) === target) return;
  if (before !== undefined && !before.isSymbolicLink()) {
    throw new Error(`${path} exists and is not a link: move it away, Slipway puts a link to its cache there`);
  }
  place(
    path,
    {},
    (partial) => symlinkSync(target, partial),
    (partial) => renameSync(partial, path),
  );
};
