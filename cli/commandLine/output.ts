import { setImmediate as nextTurn } from "node:timers/promises";
import { pathFaultOf } from "../../lib/base/errors";
import type { Print } from "../toolchain/build/progress";

let stream: NodeJS.WriteStream = process.stdout;

/** The first error of standard output. */
let failure: NodeJS.ErrnoException | undefined;

/** Prints a line for users. */
export const print: Print = (line) => stream.write(`${line}\n`);

/** Prints a message to standard error, for commands whose output programs read. */
export const printAside: Print = (line) => process.stderr.write(`${line}\n`);

/** Sends the lines for users to standard error, because Pulumi prints JSON to standard output. */
export const reserveOutput = (): void => void (stream = process.stderr);

/** Records errors of the output, which would end this process in the middle of a run of Pulumi. */
export const guardOutput = (): void => {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => void (failure ??= error));
  process.stderr.on("error", () => undefined); // nobody reads the message about it either
};

/** Returns true if the reader of standard output closed the pipe, as `head` does. */
export const isReaderGone = (): boolean => failure?.code === "EPIPE";

/**
 * Waits until the output is written.
 *
 * @param code exit code of the command
 * @returns `code`, or 1 after a message if output was lost. A reader that closed the pipe wanted no more output.
 */
export const finishOutput = async (code: number): Promise<number> => {
  await new Promise((resolve) => process.stdout.write("", resolve));
  await nextTurn(); // errors are reported after the callback
  if (failure === undefined || isReaderGone()) return code;
  printAside(
    `slipway: standard output: expected a file that can be written, got ${pathFaultOf(failure) ?? failure.message}. ` +
      "Part of the output is lost; send the output to another file.",
  );
  return 1;
};
