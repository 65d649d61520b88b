import type { Print } from "../toolchain/build/progress";

let stream: NodeJS.WriteStream = process.stdout;

/** What users read. */
export const print: Print = (line) => stream.write(`${line}\n`);

/** For commands whose output is read by programs: what else there is to say goes to standard error. */
export const printAside: Print = (line) => process.stderr.write(`${line}\n`);

/** Sends what users read to standard error, because Pulumi prints JSON to standard output. */
export const reserveOutput = (): void => void (stream = process.stderr);
