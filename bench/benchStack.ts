import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A stack that exists for a measurement: a file of its own in the checkout, and a backend that is thrown away. */
export interface BenchStack {
  /** Its settings file, git-ignored. */
  file: string;
  /** What every command that acts on it runs with. */
  env: NodeJS.ProcessEnv;
}

const name = "e2e-bench";

/** Gives a stack to work with and takes file and backend away afterwards, whatever happens. */
export const withBenchStack = async (work: (stack: BenchStack) => Promise<void>): Promise<void> => {
  const backend = mkdtempSync(join(tmpdir(), "slipway-bench-"));
  const file = `Pulumi.${name}.yaml`;
  const env = {
    ...process.env,
    STACK: name,
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_CONFIG_PASSPHRASE: "a bench run keeps nothing",
    PATH: `${process.cwd()}/.tools/bin:${process.env.PATH ?? ""}`,
  };
  try {
    await work({ file, env });
  } finally {
    rmSync(file, { force: true });
    rmSync(backend, { recursive: true, force: true });
  }
};

/** Writes a stack file out of another one, without the salt that ties that one to its own passphrase. */
export const writeStackFile = (to: string, from: string, change = (text: string): string => text): void => {
  const lines = readFileSync(from, "utf8").split("\n");
  writeFileSync(to, change(lines.filter((line) => !line.startsWith("encryptionsalt:")).join("\n")));
};

/** What a command took. */
export interface Run {
  seconds: number;
  stdout: string;
  /** The largest memory, in MiB, that one of the Node processes running the program had. */
  programMebibytes: number;
}

/** Runs a command to its end and measures it; anything but exit code 0 is an error with the output's end. */
export const measured = async (program: string, args: string[], env: NodeJS.ProcessEnv): Promise<Run> => {
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
