import { execFile } from "node:child_process";

/** What a program said; where it failed, the end of its complaint. */
export interface Answer {
  text: string;
  failed: boolean;
  /** What it printed all the same, where it failed. */
  printed?: string;
}

/** Runs a program without a shell. */
export type Ask = (program: string, ...args: string[]) => Promise<Answer>;

/** Asks programs that may not answer: after `seconds` that is the answer. */
export const asker =
  (cwd: string, variables: Readonly<Record<string, string>> = {}, seconds = 15): Ask =>
  (program, ...args) =>
    new Promise((resolve) => {
      const options = { timeout: seconds * 1000, env: { ...process.env, ...variables }, cwd, maxBuffer: 1 << 28 };
      execFile(program, args, options, (error, stdout, stderr) =>
        resolve(
          error
            ? {
                text: (stderr.trim() || complaint(error, seconds)).split("\n").slice(-3).join("\n"),
                failed: true,
                printed: stdout.trimEnd(),
              }
            : { text: stdout.trimEnd(), failed: false },
        ),
      );
    });

const complaint = (error: Error & { killed?: boolean }, seconds: number): string =>
  error.killed ? `no answer within ${seconds} s` : error.message;
