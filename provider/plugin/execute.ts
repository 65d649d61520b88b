import type { ChildProcess } from "node:child_process";
import { start } from "../../system/exec";
import { stepPath } from "./stepPath";

/** The streams of a command that the engine's log shows. */
export type Logging = "stdout" | "stderr" | "stdoutAndStderr" | "none";

/** Options of one command line. */
export interface RunInputs {
  interpreter?: string[];
  dir?: string;
  environment?: Record<string, string>;
  stdin?: string;
  logging?: Logging;
  addPreviousOutputInEnv?: boolean;
}

/** Output of a command, without one newline at the end of each stream. */
export interface Printed {
  stdout: string;
  stderr: string;
}

/** Writes one line to the engine's log. */
export type Log = (line: string) => void;

const running = new Set<ChildProcess>();
let stopped = false;

const signalGroup = (child: ChildProcess, signal: NodeJS.Signals): void => {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // the group is gone
  }
};

/**
 * Stops every running command with all its child processes, and refuses further commands.
 *
 * @param graceMs - milliseconds between SIGTERM and SIGKILL; default: 3000
 */
export const stopCommands = (graceMs = 3000): void => {
  stopped = true;
  const children = [...running];
  for (const child of children) signalGroup(child, "SIGTERM");
  setTimeout(
    () => children.filter((child) => running.has(child)).forEach((child) => signalGroup(child, "SIGKILL")),
    graceMs,
  ).unref();
};

/** Allows commands again after `stopCommands`; for tests. */
export const allowCommands = (): void => void (stopped = false);

/** Returns the number of running commands. */
export const runningCommands = (): number => running.size;

/** Splits a stream into lines for the log. */
const byLine = (log: Log): { write: (text: string) => void; end: () => void } => {
  let rest = "";
  return {
    write: (text) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) log(line.replace(/\r$/, ""));
    },
    end: () => {
      if (rest !== "") log(rest);
    },
  };
};

const environmentOf = (inputs: RunInputs, previous: Printed | undefined): NodeJS.ProcessEnv => ({
  ...inputs.environment,
  ...(inputs.addPreviousOutputInEnv === false
    ? {}
    : {
        ...(previous?.stdout ? { PULUMI_COMMAND_STDOUT: previous.stdout } : {}),
        ...(previous?.stderr ? { PULUMI_COMMAND_STDERR: previous.stderr } : {}),
      }),
});

/**
 * Runs one command line. Waits until the command and all processes that hold its output have ended.
 *
 * @throws Error with the exit status and all output if the command fails
 */
export const execute = (
  command: string,
  inputs: RunInputs,
  previous: Printed | undefined,
  log: Log,
): Promise<Printed> =>
  new Promise((resolve, reject) => {
    const [program = "/bin/sh", ...args] = inputs.interpreter?.length ? inputs.interpreter : ["/bin/sh", "-c"];
    const fail = (why: string, output: string): void =>
      reject(new Error(`${why}: running ${JSON.stringify(command)}:\n${output}`));
    if (stopped) return fail("cancelled", "");
    let child: ChildProcess;
    try {
      child = start(program, [...args, stepPath(command)], {
        cwd: inputs.dir,
        env: environmentOf(inputs, previous),
        stdio: [inputs.stdin ? "pipe" : "ignore", "pipe", "pipe"],
        detached: true, // a group of its own, so that cancelling reaches the children of the shell too
      });
    } catch (error) {
      return fail((error as Error).message, ""); // E2BIG: arguments or environment too long
    }
    running.add(child);
    const all: Buffer[] = [];
    const collect = (stream: NodeJS.ReadableStream | null, shown: boolean): Buffer[] => {
      const chunks: Buffer[] = [];
      const lines = byLine(shown ? log : () => undefined);
      stream?.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        all.push(chunk);
        lines.write(chunk.toString());
      });
      stream?.on("end", lines.end);
      return chunks;
    };
    const logging = inputs.logging ?? "stdoutAndStderr";
    const stdout = collect(child.stdout, logging === "stdout" || logging === "stdoutAndStderr");
    const stderr = collect(child.stderr, logging === "stderr" || logging === "stdoutAndStderr");
    child.stdin?.on("error", () => undefined); // a command may end without reading
    child.stdin?.end(inputs.stdin);
    child.on("error", (error) => {
      running.delete(child);
      const hint = inputs.dir !== undefined ? ` (dir: ${inputs.dir})` : "";
      fail(`${error.message}${hint}`, "");
    });
    child.on("close", (code, signal) => {
      running.delete(child);
      const join = (chunks: Buffer[]): string => Buffer.concat(chunks).toString();
      if (code === 0) resolve({ stdout: join(stdout).replace(/\n$/, ""), stderr: join(stderr).replace(/\n$/, "") });
      else fail(signal ? `signal: ${signal}` : `exit status ${code}`, join(all));
    });
  });
