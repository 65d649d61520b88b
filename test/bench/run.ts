// Compares `up` and `destroy` of the offline stack with the seed's procedure as a script. Both run in turn on the same
// machine with the same images. The first preview and an `up` without changes are timed too.
// BENCH_PAIRS is the number of pairs (default 3). The last lines are the ratios of the medians.
// BENCH_CLASS=1 compares an `up` of the built-in cluster with an `up` of a cluster of the quick start's class instead.
// BENCH_PAUSE=1 compares a `start` of a stopped stack with its `up`.
// Each `up` builds its node image again, as on a machine where it never ran. BENCH_KEEP=1 keeps the image between runs.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { classFile, publishedTemplate, writeClass } from "../e2e/class/files";
import { listedClusters, stackSettings } from "../e2e/stackFile";
import { currentRoute, type ThrowAwayStack } from "../e2e/throwAwayStack";
import { measured, withBenchStack } from "./benchStack";
import { median, table } from "./statistics";
import { bars, criticalPath, type EngineEvent, pathSeconds, pathText, type StateResource } from "./timeline";
import { timelineSvg } from "./timelinePlot";

/** Seconds of one run, and the script's stages by name, in seconds from its start. */
interface Timing {
  seconds: number;
  stages?: Record<string, number>;
}

const pairs = Number(process.env.BENCH_PAIRS ?? "3");
if (!Number.isInteger(pairs) || pairs < 1) {
  throw new Error(`BENCH_PAIRS: expected an integer from 1, got ${process.env.BENCH_PAIRS}. Unset it for 3.`);
}
const folder = ".slipway/bench";
mkdirSync(folder, { recursive: true });
const eventLog = `${process.cwd()}/${folder}/events.json`;

type Name = "firstPreview" | "scriptUp" | "up" | "classUp" | "stop" | "start" | "noopUp" | "scriptDestroy" | "destroy";
const results: Partial<Record<Name, Timing[]>> = {};

const measure = async (name: Name, program: string, args: string[], env: Record<string, string>): Promise<void> => {
  const { seconds, stdout } = await measured(program, args, env);
  const stages = [...stdout.matchAll(/^(\d+) (.+)$/gm)].map((match) => [match[2]!, Number(match[1])] as const);
  (results[name] ??= []).push({ seconds, ...(stages.length > 0 ? { stages: Object.fromEntries(stages) } : {}) });
  console.log(`${name.padEnd(14)} ${seconds.toFixed(1)} s`);
};

const removeNodeImages = (): void => {
  if (process.env.BENCH_KEEP === "1") return;
  const images = spawnSync("docker", ["image", "ls", "--format", "{{.Repository}}:{{.Tag}}", "slipway/node"], {
    encoding: "utf8",
  }).stdout.trim();
  if (images !== "") execFileSync("docker", ["image", "rm", ...images.split("\n")], { stdio: "ignore" });
};

/** The timeline of the last up: critical path as text, all of it as a chart. */
const tellTimeline = (stack: ThrowAwayStack, seconds: number): string => {
  const events = readFileSync(eventLog, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as EngineEvent);
  const exported = stack.pulumi("stack", "export");
  const { deployment } = JSON.parse(exported) as { deployment: { resources: StateResource[] } };
  const all = bars(events);
  const path = criticalPath(all, deployment.resources);
  const title = `pulumi up, ${seconds.toFixed(0)} s with all around it; dark: the critical path`;
  writeFileSync(`${folder}/timeline.svg`, timelineSvg(all, new Set(path.map(({ urn }) => urn)), title));
  return `${pathText(path)}\nwork on the critical path: ${pathSeconds(path)} s of ${seconds.toFixed(0)} s`;
};

const medianOf = (name: Name): number => median((results[name] ?? []).map((run) => run.seconds));

const printResults = (): void => {
  writeFileSync(`${folder}/results.json`, `${JSON.stringify(results, null, 2)}\n`);
  console.log(
    table(Object.fromEntries(Object.entries(results).map(([name, runs]) => [name, runs.map((run) => run.seconds)]))),
  );
};

/** Compares with the script. */
const compareWithScript = async (stack: ThrowAwayStack, env: Record<string, string>): Promise<void> => {
  stack.write("offline");
  let timeline = "";
  for (let pair = 1; pair <= pairs; pair += 1) {
    console.log(`pair ${pair} of ${pairs}`);
    // Not right before up, whose caches it would warm.
    await measure("firstPreview", "scripts/slipway", ["preview"], env);
    await measure("scriptUp", "test/bench/seed-up", [], env);
    await measure("scriptDestroy", "test/bench/seed-down", [], env);
    removeNodeImages();
    await measure("up", "scripts/slipway", ["up", "--event-log", eventLog], env);
    timeline = tellTimeline(stack, results.up?.at(-1)?.seconds ?? 0);
    await measure("noopUp", "scripts/slipway", ["up", "--expect-no-changes"], env);
    await measure("destroy", "scripts/slipway", ["destroy"], env);
  }
  writeFileSync(`${folder}/timeline.txt`, `${timeline}\n`);
  console.log(`\nthe last up, what it waited for one after the other:\n${timeline}\n`);
  printResults();
  console.log(`up ratio: ${(medianOf("up") / medianOf("scriptUp")).toFixed(2)}`);
  console.log(`destroy ratio: ${(medianOf("destroy") / medianOf("scriptDestroy")).toFixed(2)}`);
};

/** Compares the built-in cluster with a cluster of the quick start's class. */
const compareWithClass = async (stack: ThrowAwayStack, env: Record<string, string>): Promise<void> => {
  writeClass("quick-start", await publishedTemplate("clusterclass-quick-start.yaml", currentRoute()));
  const name = String(stackSettings("offline").clusterName);
  for (let pair = 1; pair <= pairs; pair += 1) {
    console.log(`pair ${pair} of ${pairs}`);
    for (const variant of ["up", "classUp"] as const) {
      stack.write(
        "offline",
        listedClusters([
          { name, loadBalancerSlot: 0, ...(variant === "up" ? {} : { class: classFile("quick-start") }) },
        ]),
      );
      removeNodeImages();
      await measure(variant, "scripts/slipway", ["up"], env);
      await measure("destroy", "scripts/slipway", ["destroy"], env);
    }
  }
  printResults();
  console.log(`class ratio: ${(medianOf("classUp") / medianOf("up")).toFixed(2)}`);
};

/** Compares a `start` with the `up` of the same stack. */
const compareWithStart = async (stack: ThrowAwayStack, env: Record<string, string>): Promise<void> => {
  stack.write("offline");
  for (let pair = 1; pair <= pairs; pair += 1) {
    console.log(`pair ${pair} of ${pairs}`);
    removeNodeImages();
    for (const command of ["up", "stop", "start", "destroy"] as const) {
      await measure(command, "scripts/slipway", [command], env);
    }
  }
  printResults();
  console.log(`start ratio: ${(medianOf("start") / medianOf("up")).toFixed(2)}`);
};

/** Returns the comparison that the environment asks for. */
const chosenComparison = (): typeof compareWithScript => {
  if (process.env.BENCH_CLASS === "1") return compareWithClass;
  return process.env.BENCH_PAUSE === "1" ? compareWithStart : compareWithScript;
};

void withBenchStack(async (stack) => {
  // The engine writes its events only where this is set.
  const env = { ...stack.env, PULUMI_DEBUG_COMMANDS: "true" };
  await chosenComparison()(stack, env);
});
