import type { Print } from "../toolchain/build/progress";

let stream: NodeJS.WriteStream = process.stdout;

/** Prints a line for users. */
export const print: Print = (line) => stream.write(`${line}\n`);

/** Prints a message to standard error, for commands whose output programs read. */
export const printAside: Print = (line) => process.stderr.write(`${line}\n`);

/** Sends the lines for users to standard error, because Pulumi prints JSON to standard output. */
export const reserveOutput = (): void => void (stream = process.stderr);
