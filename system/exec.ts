import { type ChildProcess, execFile, execFileSync, spawn, type SpawnOptions } from "node:child_process";
import { createInterface } from "node:readline";

/** Exit code and output of a program. */
export interface ExecResult {
  /** The exit code; -1 if the program could not be started, or a signal or too much output ended it. */
  code: number;
  stdout: string;
  stderr: string;
  /** Reason of the failure; absent after exit code 0. */
  failure?: Failure;
}

/** Reason why a program failed, apart from its output. */
export interface Failure {
  /** Message of Node.js: `spawn kind ENOENT`, or `Command failed: kind version`. */
  message: string;
  signal?: NodeJS.Signals;
  /** True if the time limit ended the program. */
  isTimeout: boolean;
  /** True if the program was ended because it printed too much. @default false */
  hasTooMuchOutput?: boolean;
}

/** Receives the output of commands, line by line or in pieces. */
export type Log = (text: string) => void;

/** Options of a program's run. */
export interface ExecOptions {
  cwd?: string;
  /** Variables that are added to the environment of this process. */
  env?: Readonly<Record<string, string>>;
  /** Text for standard input. */
  input?: string;
  /** Time limit in seconds, after which the program is killed. @default - no limit */
  timeout?: number;
  /** Limit in bytes of each output stream, after which the program is ended. @default 500,000,000 */
  outputLimit?: number;
  /** Receives the command line, then standard error while the program runs. */
  log?: Log;
}

/**
 * Limit in bytes of each output stream of a program. Previews of many clusters are large; a string of Node.js holds at
 * most about 512 Mi characters.
 */
const defaultOutputLimit = 500_000_000;

/** Runs a program without a shell and returns its result, also after a failure. */
export const exec = (program: string, args: readonly string[], options: ExecOptions = {}): Promise<ExecResult> =>
  new Promise((resolve) => {
    const { cwd, input = "", timeout = 0, outputLimit: maxBuffer = defaultOutputLimit, log } = options;
    const env = { ...process.env, ...options.env };
    log?.(`$ ${program} ${args.join(" ")}\n`);
    const child = execFile(program, args, { cwd, env, timeout: timeout * 1000, maxBuffer }, (error, stdout, stderr) => {
      if (!error) return resolve({ code: 0, stdout, stderr });
      const { message, signal, killed: isTimeout = false } = error;
      const code = typeof error.code === "number" ? error.code : -1;
      const hasTooMuchOutput = (error.code as unknown) === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER";
      const details = { ...(signal ? { signal } : {}), ...(hasTooMuchOutput ? { hasTooMuchOutput } : {}) };
      resolve({ code, stdout, stderr, failure: { message, isTimeout, ...details } });
    });
    if (log) child.stderr?.on("data", log);
    child.stdin?.on("error", () => undefined); // a program may close its input before it reads everything
    child.stdin?.end(input);
  });

/** Returns the reason of a failed program: its standard error, or the message of Node.js without standard error. */
export const complaintOf = ({ stderr, failure }: ExecResult): string => stderr.trim() || (failure?.message ?? "");

/** Returns the error of a program that could not be started, or that a signal or too much output ended. */
const endedError = (program: string, failure: Failure | undefined, advice: string): Error => {
  const { message = "a failure", hasTooMuchOutput = false } = failure ?? {};
  return new Error(
    hasTooMuchOutput
      ? `${program}: expected less output than Slipway's limit, got more (${message}). Reduce what the program prints.`
      : `${program}: expected a program that runs, got ${message}. ${advice}`,
  );
};

/**
 * Returns the result of a program that was started and not ended by a signal.
 *
 * @param advice the fix, as an imperative sentence with a period
 * @throws if the program could not be started, or a signal or too much output ended it
 */
export const requireStart = (program: string, result: ExecResult, advice: string): ExecResult => {
  if (result.code >= 0) return result;
  throw endedError(program, result.failure, advice);
};

/**
 * Runs a program and returns its standard output.
 *
 * @throws with the end of the program's output if the program fails
 */
export const run = async (program: string, args: readonly string[], options: ExecOptions = {}): Promise<string> => {
  const { code, stdout, stderr, failure } = await exec(program, args, options);
  if (code === 0) return stdout;
  if (code < 0 && failure?.signal === undefined) throw endedError(program, failure, "Install it.");
  const printed = stderr.slice(-4000) || stdout.slice(-4000);
  throw new Error(`${program} ${args.slice(0, 3).join(" ")} ended with ${failure?.signal ?? code}\n${printed}`);
};

/** Runs a program that must succeed, and reports each line of its standard output; throws with its standard error. */
export const runLines = (program: string, args: readonly string[], onLine: (line: string) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = start(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    let complaint = "";
    if (child.stdout) createInterface({ input: child.stdout }).on("line", onLine);
    child.stderr?.on("data", (text: Buffer) => (complaint += text.toString()));
    child.on("error", reject);
    child.on("close", (code, signal) =>
      code === 0 ? resolve() : reject(new Error(complaint.trim() || `${program} ended with ${signal ?? code}`)),
    );
  });

/** Returns the last line of an error's message, in which programs name the reason. */
export const lastLine = (error: unknown): string =>
  String(error instanceof Error ? error.message : error)
    .trim()
    .split("\n")
    .at(-1) ?? "";

/**
 * Runs a fast program synchronously and returns its standard output.
 *
 * @throws if the program fails
 */
export const runSync = (program: string, args: readonly string[]): string =>
  execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], env: process.env });

/** Starts a program without a shell. The caller handles its streams, signals and exit. */
export const start = (program: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess =>
  spawn(program, args, { ...options, env: { ...process.env, ...options.env } });

/** Output of a program, or the reason of its failure. */
export interface ExecAnswer {
  /** Standard output; after a failure, the last three lines of the reason. */
  text: string;
  failed: boolean;
  /** Standard output of a failed program. */
  printed?: string;
}

/** Runs a program without a shell. */
export type Exec = (program: string, ...args: string[]) => Promise<ExecAnswer>;

/** Creates a function that runs programs with a time limit in seconds. A timeout is returned as a failure. */
export const createExec =
  (cwd: string, env: Readonly<Record<string, string>> = {}, seconds = 15): Exec =>
  async (program, ...args) => {
    const result = await exec(program, args, { cwd, env, timeout: seconds });
    const printed = result.stdout.trimEnd();
    if (result.code === 0) return { text: printed, failed: false };
    const isSilent = result.failure?.isTimeout === true && result.stderr.trim() === "";
    const reason = isSilent ? `no answer within ${seconds} s` : complaintOf(result);
    return { text: reason.split("\n").slice(-3).join("\n"), failed: true, printed };
  };
