// Times `up` and `destroy` of the offline stack against the seed's procedure as a script, in turn, on the same machine
// with the same images. BENCH_PAIRS (default 3) pairs; the last lines are the ratios of the medians.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyStackFile } from "../test/e2e/stackFile";
import { median, table } from "./statistics";

/** Seconds of one run, and the script's stages by name, in seconds from its start. */
interface Timing {
  seconds: number;
  stages?: Record<string, number>;
}

const pairs = Number(process.env.BENCH_PAIRS ?? "3");
if (!Number.isInteger(pairs) || pairs < 1) {
  throw new Error(`BENCH_PAIRS is ${process.env.BENCH_PAIRS}, but must be a whole number from 1; unset it for 3`);
}
const stack = "e2e-bench";
const stackFile = `Pulumi.${stack}.yaml`;
const backend = mkdtempSync(join(tmpdir(), "slipway-bench-"));
const env = {
  ...process.env,
  STACK: stack,
  PULUMI_BACKEND_URL: `file://${backend}`,
  PULUMI_CONFIG_PASSPHRASE: "a bench run keeps nothing",
};

const time = (program: string, args: string[]): Timing => {
  const start = Date.now();
  const child = spawnSync(program, args, { env, encoding: "utf8", maxBuffer: 1 << 28 });
  const seconds = (Date.now() - start) / 1000;
  if (child.status !== 0)
    throw new Error(`${program} ended with ${child.status}\n${`${child.stdout}${child.stderr}`.slice(-4000)}`);
  const stages = [...child.stdout.matchAll(/^(\d+) (.+)$/gm)].map((match) => [match[2]!, Number(match[1])] as const);
  return { seconds, stages: Object.fromEntries(stages) };
};

const results: Record<"up" | "scriptUp" | "destroy" | "scriptDestroy", Timing[]> = {
  up: [],
  scriptUp: [],
  destroy: [],
  scriptDestroy: [],
};
const measure = (name: keyof typeof results, program: string, args: string[]): void => {
  const timing = time(program, args);
  results[name].push(timing);
  console.log(`${name.padEnd(14)} ${timing.seconds.toFixed(1)} s`);
};

try {
  copyStackFile("Pulumi.offline.yaml", stackFile);
  for (let pair = 1; pair <= pairs; pair += 1) {
    console.log(`pair ${pair} of ${pairs}`);
    measure("scriptUp", "bench/seed-up", []);
    measure("scriptDestroy", "bench/seed-down", []);
    measure("up", "scripts/slipway", ["up"]);
    measure("destroy", "scripts/slipway", ["destroy"]);
  }
} finally {
  rmSync(stackFile, { force: true });
  rmSync(backend, { recursive: true, force: true });
}

mkdirSync(".slipway/bench", { recursive: true });
writeFileSync(".slipway/bench/results.json", `${JSON.stringify(results, null, 2)}\n`);
console.log(
  table(Object.fromEntries(Object.entries(results).map(([name, runs]) => [name, runs.map((run) => run.seconds)]))),
);
const medianOf = (name: keyof typeof results): number => median(results[name].map((run) => run.seconds));
console.log(`up ratio: ${(medianOf("up") / medianOf("scriptUp")).toFixed(2)}`);
console.log(`destroy ratio: ${(medianOf("destroy") / medianOf("scriptDestroy")).toFixed(2)}`);
