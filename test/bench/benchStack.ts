import { spawn } from "node:child_process";
import { processFile, processNumbers } from "../../system/processes";
import { currentRoute, ThrowAwayStack } from "../e2e/throwAwayStack";

/** Gives a stack to work with and takes file and state away afterwards, whatever happens. */
export const withBenchStack = async (work: (stack: ThrowAwayStack) => Promise<void>): Promise<void> => {
  const stack = new ThrowAwayStack("e2e-bench", currentRoute());
  try {
    await work(stack);
  } finally {
    stack.remove();
  }
};

/** What a command took. */
export interface Run {
  seconds: number;
  stdout: string;
}

/**
 * Runs a command to its end and measures it; anything but exit code 0 is an error with the output's end.
 *
 * @param watch called every second while it runs; what it costs is measured too
 */
export const measured = async (
  program: string,
  args: string[],
  variables: Record<string, string>,
  watch?: () => void,
): Promise<Run> => {
  const env = { ...process.env, ...variables };
  const start = Date.now();
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
  const watching = watch && setInterval(watch, 1000);
  const code = await new Promise<number | null>((resolve, reject) => child.on("close", resolve).on("error", reject));
  clearInterval(watching);
  const seconds = (Date.now() - start) / 1000;
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}\n${(stdout + stderr).slice(-4000)}`);
  return { seconds, stdout };
};

/** The peak memory so far, in MiB, of the process in which Pulumi runs the program; 0 where there is none. */
export const programMemory = (): number =>
  Math.max(
    0,
    ...processNumbers()
      .filter((pid) => processFile(pid, "cmdline").includes("@pulumi/pulumi/cmd/run"))
      .map((pid) => Number(/^VmHWM:\s+(\d+) kB/m.exec(processFile(pid, "status"))?.[1] ?? 0) / 1024),
  );
