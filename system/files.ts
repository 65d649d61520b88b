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

/** Returns a file's bytes; undefined if the file does not exist. */
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

/**
 * Creates a folder and its parents, with a mode for the new ones. The option `recursive` of `mkdirSync` does not end in
 * folders such as /proc, where the system creates no folder.
 */
export const createFolder = (path: string, mode?: number): void => {
  if (existsSync(path)) return;
  createFolder(dirname(path), mode);
  try {
    mkdirSync(path, mode);
  } catch (error) {
    // Another process may have created the folder. A file or a broken link at the path is a fault.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST" || !statSync(path, { throwIfNoEntry: false })) throw error;
  }
};

/** Access rights of a written file. */
export interface WriteOptions {
  /** True if only the user may read the file and the folders that are created for it. @default false */
  private?: boolean;
}

/** Creates a partial file beside a path and moves it to the path in one step. Deletes the partial file after a failure. */
const createBeside = <T>(
  path: string,
  options: WriteOptions,
  create: (partial: string) => void,
  move: (partial: string) => T,
): T => {
  createFolder(dirname(path), options.private ? 0o700 : undefined);
  const partial = `${path}.${randomBytes(6).toString("hex")}.partial`;
  try {
    create(partial);
    return move(partial);
  } finally {
    rmSync(partial, { force: true });
  }
};

const write = (file: string, content: string | Buffer, mode: number | undefined): void => {
  writeFileSync(file, content, mode === undefined ? {} : { mode });
  // The umask may have removed bits of the mode.
  if (mode !== undefined) chmodSync(file, mode);
};

/**
 * Writes a file in one step: readers see the old content or the new content. An existing file keeps its mode. A symbolic
 * link stays, and its target is written.
 */
export const writeAtomically = (file: string, content: string | Buffer, options: WriteOptions = {}): void => {
  const before = statSync(file, { throwIfNoEntry: false });
  const target = before === undefined ? file : realpathSync(file);
  const mode = options.private ? 0o600 : before && before.mode & 0o7777;
  createBeside(
    target,
    options,
    (partial) => write(partial, content, mode),
    (partial) => renameSync(partial, target),
  );
};

/** Creates a file in one step and returns true. Returns false if the path already exists. */
export const createAtomically = (file: string, content: string | Buffer, options: WriteOptions = {}): boolean =>
  createBeside(
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
 * Creates a symbolic link to `target`, or replaces an existing link in one step.
 *
 * @throws if `path` exists and is not a link
 */
export const pointLink = (path: string, target: string): void => {
  const before = lstatSync(path, { throwIfNoEntry: false });
  if (before?.isSymbolicLink() && readlinkSync(path) === target) return;
  if (before !== undefined && !before.isSymbolicLink()) {
    throw new Error(
      `${path}: expected a symbolic link or no file, got another file or a folder. Move it to another place.`,
    );
  }
  createBeside(
    path,
    {},
    (partial) => symlinkSync(target, partial),
    (partial) => renameSync(partial, path),
  );
};
