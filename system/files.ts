import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";

/** A file's bytes, or undefined where there is none. */
export const readIfThere = (file: string): Promise<Buffer | undefined> =>
  readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });

/**
 * Writes a file; readers see the old file or the new one, whatever happens in between.
 *
 * @param options `private`: only the user may read the file, and each folder that is created for it; default: false
 */
export const writeAtomically = (file: string, content: string | Buffer, options: { private?: boolean } = {}): void => {
  mkdirSync(dirname(file), { recursive: true, ...(options.private && { mode: 0o700 }) });
  const partial = `${file}.${randomBytes(6).toString("hex")}.partial`;
  try {
    writeFileSync(partial, content, options.private ? { mode: 0o600 } : {});
    // The umask may have taken more.
    if (options.private) chmodSync(partial, 0o600);
    renameSync(partial, file);
  } finally {
    rmSync(partial, { force: true });
  }
};
