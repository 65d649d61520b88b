import { execFile, spawn } from "node:child_process";

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

/** Takes the output of commands, line by line or in pieces. */
export type Log = (text: string) => void;

/** How a command is run. */
export interface RunOptions {
  cwd?: string;
  /** Added to this process's environment. */
  env?: Record<string, string>;
  log?: Log;
  /** Text for standard input. */
  input?: string;
}

/** Runs a program without a shell and gives its standard output; on failure throws with the end of what it printed. */
export const run = (program: string, args: string[], options: RunOptions = {}): Promise<string> =>
  new Promise((resolve, reject) => {
    options.log?.(`$ ${program} ${args.join(" ")}\n`);
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    let stdout = "";
    let tail = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      tail = (tail + chunk.toString()).slice(-4000);
      options.log?.(chunk.toString());
    });
    child.on("error", (error) => reject(new Error(`${program} could not be started: ${error.message}`)));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(stdout);
      else
        reject(
          new Error(
            `${program} ${args.slice(0, 3).join(" ")} ended with ${signal ?? code}\n${tail || stdout.slice(-4000)}`,
          ),
        );
    });
    child.stdin.on("error", () => undefined); // a program may close its input unread
    child.stdin.end(options.input ?? "");
  });
