import { closeSync, constants, fchmodSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { stateFolder } from "../../lib/base/paths";
import { createFolder } from "../../system/files";

/** Folder of Pulumi's output, relative to the checkout. */
const folder = join(stateFolder, "logs");

/** Characters of the output that are kept in memory for the end of the run. */
const kept = 4_000_000;

/** Pulumi's output of one run, in a file that only its owner can read. */
export interface EngineLog {
  /** Path from the checkout; undefined if the file cannot be written. */
  path: string | undefined;
  take: (chunk: Buffer) => void;
  /** The output so far. */
  text: () => string;
  close: () => void;
}

const open = (checkout: string, path: string): number | undefined => {
  try {
    createFolder(join(checkout, folder), 0o700);
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
    const file = openSync(join(checkout, path), flags, 0o600);
    fchmodSync(file, 0o600); // an earlier file may have another mode
    return file;
  } catch {
    return undefined; // the output stays in memory, and the run goes on
  }
};

/** Opens the log of a stack's command, which replaces the log of the command before. */
export const openEngineLog = (checkout: string, stack: string, command: string): EngineLog => {
  const path = join(folder, `${stack}-${command}.log`);
  let file = open(checkout, path);
  const decoder = new StringDecoder("utf8");
  let text = "";
  const isOpen = file !== undefined;
  return {
    path: isOpen ? path : undefined,
    take: (chunk) => {
      text = (text + decoder.write(chunk)).slice(-kept);
      try {
        if (file !== undefined) writeSync(file, chunk);
      } catch {
        file = undefined; // a full disk must not end the run
      }
    },
    text: () => text,
    close: () => {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
};
