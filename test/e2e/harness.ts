import { execFile, spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../lib/base/errors";

/** Result of a program: everything it printed, whatever its exit code. */
export interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

/** How a program is run. */
export interface CommandOptions {
  env?: Record<string, string>;
  /** The folder to run it in; default: the current one. */
  cwd?: string;
  /** Show what it prints, instead of keeping it. */
  show?: boolean;
  /** With `show`: a file that gets it too. */
  copy?: string;
}

/** The same program with what it prints copied to a file; its exit code stays. */
const copying = (program: string, args: string[], file: string): [string, string[]] => [
  "bash",
  ["-c", 'set -o pipefail; file=$1; shift; "$@" 2>&1 | tee "$file"', "bash", file, program, ...args],
];

/** Runs a program; its output is kept, and also shown where `show` asks for it. */
export const command = (program: string, args: string[], options: CommandOptions = {}): Result => {
  const [file, all] = options.copy === undefined ? [program, args] : copying(program, args, options.copy);
  const child = spawnSync(file, all, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", options.show ? "inherit" : "pipe", options.show ? "inherit" : "pipe"],
  });
  return { code: child.status ?? 1, stdout: child.stdout ?? "", stderr: child.stderr ?? child.error?.message ?? "" };
};

/** Like `command`, while the test goes on: for what is watched from outside. */
export const commandMeanwhile = (
  program: string,
  args: string[],
  options: Omit<CommandOptions, "show" | "copy"> = {},
): Promise<Result> =>
  new Promise((resolve) => {
    const env = { ...process.env, ...options.env };
    execFile(program, args, { env, cwd: options.cwd, maxBuffer: 1 << 28 }, (error, stdout, stderr) =>
      resolve({ code: error ? (typeof error.code === "number" ? error.code : 1) : 0, stdout, stderr }),
    );
  });

/** Like `command`, but anything other than exit code 0 is an error that carries the output's end. */
export const must = (program: string, args: string[], options: CommandOptions = {}): string => {
  const { code, stdout, stderr } = command(program, args, options);
  if (code !== 0)
    throw new Error(`${program} ${args.join(" ")} ended with ${code}\n${`${stdout}\n${stderr}`.slice(-6000)}`);
  return stdout;
};

/** Asks again every second until the claim holds; after the timeout throws with what was seen last. */
export const eventually = async (claim: string, timeoutSeconds: number, holdsNow: () => unknown): Promise<void> => {
  const deadline = Date.now() + timeoutSeconds * 1000;
  for (;;) {
    const seen = await holdsNow();
    if (seen === true) return;
    if (Date.now() > deadline)
      throw new Error(`expected ${claim} within ${timeoutSeconds} s, got ${JSON.stringify(seen)}`);
    await sleep(1000);
  }
};

/** Throws with what was expected where a claim does not hold. */
export const check = (holds: boolean, claim: string): void => {
  if (!holds) throw new Error(`expected ${claim}`);
};

/** Names by sort. */
export type DockerInventory = Record<"containers" | "volumes" | "networks", string[]>;

/** Names of the second inventory that the first does not have. */
export const newInDocker = (before: DockerInventory, after: DockerInventory): string[] =>
  (["containers", "volumes", "networks"] as const).flatMap((resourceType) =>
    after[resourceType]
      .filter((name) => !before[resourceType].includes(name))
      .map((name) => `${resourceType.slice(0, -1)} ${name}`),
  );

/** The names of everything Docker holds, by sort. */
export const dockerInventory = (): DockerInventory => {
  const lines = (args: string[]): string[] => must("docker", args).split("\n").filter(Boolean).sort();
  return {
    containers: lines(["ps", "--all", "--format", "{{.Names}}"]),
    volumes: lines(["volume", "ls", "--format", "{{.Name}}"]),
    networks: lines(["network", "ls", "--format", "{{.Name}}"]),
  };
};

/** One thing the end to end run shows; later ones need what earlier ones made. */
export interface Step {
  name: string;
  run: () => Promise<void> | void;
  /** Runs even when an earlier step failed. */
  always?: boolean;
}

/** How many steps held; one that was not run did not. */
export interface Counts {
  passed: number;
  failed: number;
}

/** Runs a suite to its last line, `N passed, N failed`, and its exit code. */
export const report = (suite: () => Promise<Counts>): Promise<void> =>
  suite().then(
    ({ passed, failed }) => {
      console.log(`${passed} passed, ${failed} failed`);
      process.exitCode = failed === 0 ? 0 : 1;
    },
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      console.log("0 passed, 1 failed");
      process.exitCode = 1;
    },
  );

/** Runs steps in order, stops at the first failure except for those that clean up, and gives the counts. */
export const runSteps = async (steps: Step[], onFailure: () => void): Promise<Counts> => {
  let passed = 0;
  let failed = 0;
  for (const step of steps) {
    if (failed > 0 && !step.always) {
      console.log(`not run  ${step.name}`);
      failed += 1;
      continue;
    }
    const start = Date.now();
    const seconds = (): string => `${((Date.now() - start) / 1000).toFixed(1)} s`;
    try {
      await step.run();
      passed += 1;
      console.log(`ok       ${step.name} (${seconds()})`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED   ${step.name} (${seconds()})\n${messageOf(error)}`);
      if (failed === 1) onFailure();
    }
  }
  return { passed, failed };
};
