import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { currentRoute, ThrowAwayStack } from "../test/e2e/throwAwayStack";

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
  /** The largest memory, in MiB, that one of the Node processes running the program had. */
  programMebibytes: number;
}

/** Runs a command to its end and measures it; anything but exit code 0 is an error with the output's end. */
export const measured = async (program: string, args: string[], variables: Record<string, string>): Promise<Run> => {
  const env = { ...process.env, ...variables };
  const start = Date.now();
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr, peak] = ["", "", 0];
  child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
  const watch = setInterval(() => (peak = Math.max(peak, programMemory())), 250);
  const code = await new Promise<number | null>((resolve, reject) => child.on("close", resolve).on("error", reject));
  clearInterval(watch);
  const seconds = (Date.now() - start) / 1000;
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}\n${(stdout + stderr).slice(-4000)}`);
  return { seconds, stdout, programMebibytes: peak };
};

/** The peak memory so far of the process in which Pulumi runs the program. */
const programMemory = (): number => {
  const ids = spawnSync("pgrep", ["-f", "@pulumi/pulumi/cmd/run"], { encoding: "utf8" }).stdout.split("\n");
  return Math.max(0, ...ids.filter(Boolean).map(peakOf));
};

const peakOf = (id: string): number => {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0; // ended meanwhile
  }
};
