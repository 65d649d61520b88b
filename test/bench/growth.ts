// How time and memory grow with the number of clusters: one stack grows from 1 to 50 clusters that Cluster API only
// simulates (backend inMemory). For each size: seconds of `up` from the size before, of an `up` that changes nothing, of
// a preview; peak memory of the program. Then the seconds of `destroy`. Takes about 20 minutes.
// GROWTH_CLASS=1 gives all clusters the quick start's in-memory class. GROWTH_PREVIEW=1 runs previews only, in a minute.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { classFile, publishedTemplate, writeClass } from "../e2e/class/files";
import { stackSettings } from "../e2e/stackFile";
import { currentRoute } from "../e2e/throwAwayStack";
import { measured, programMemory, withBenchStack } from "./benchStack";

/** What was measured with a number of clusters in the stack. */
interface Size {
  clusters: number;
  /** Seconds of `up` from the size before; the first has the management cluster in it. */
  up: number;
  noop: number;
  preview: number;
  programMebibytes: number;
}

const sizes = (process.env.GROWTH_SIZES ?? "1,10,25,50").split(",").map(Number);
if (sizes.some((size) => !Number.isInteger(size) || size < 1 || size > 50)) {
  throw new Error(`GROWTH_SIZES: expected numbers from 1 to 50, such as 1,10,25,50, got ${process.env.GROWTH_SIZES}`);
}

void withBenchStack(async (stack) => {
  let peak = 0;
  const updatePeak = () => (peak = Math.max(peak, programMemory()));
  const slipway = (...args: string[]) => measured("scripts/slipway", args, stack.env, updatePeak);
  const hasClass = process.env.GROWTH_CLASS === "1";
  if (hasClass) writeClass("in-memory", await publishedTemplate("clusterclass-in-memory.yaml", currentRoute()));
  const all = (stackSettings("many").clusters as object[]).map((cluster) => ({
    ...cluster,
    ...(hasClass ? { class: classFile("in-memory") } : {}),
  }));
  if (process.env.GROWTH_PREVIEW === "1") {
    for (const clusters of sizes) {
      peak = 0;
      // A preview may run beside another stack.
      stack.write("many", { clusters: all.slice(0, clusters), managementCluster: "growth" });
      const { seconds } = await slipway("preview");
      console.log(JSON.stringify({ clusters, preview: seconds, programMebibytes: Math.round(peak) }));
    }
    return;
  }
  const results: Size[] = [];
  let destroy = 0;
  try {
    for (const clusters of sizes) {
      peak = 0;
      stack.write("many", { clusters: all.slice(0, clusters) });
      const up = await slipway("up");
      const noop = await slipway("up", "--expect-no-changes");
      const preview = await slipway("preview");
      const programMebibytes = Math.round(peak);
      results.push({ clusters, up: up.seconds, noop: noop.seconds, preview: preview.seconds, programMebibytes });
      console.log(JSON.stringify(results.at(-1)));
    }
  } finally {
    destroy = (await slipway("destroy")).seconds;
    console.log(`destroy of ${sizes.at(-1)} clusters: ${destroy.toFixed(1)} s`);
  }
  mkdirSync(".slipway/bench", { recursive: true });
  writeFileSync(".slipway/bench/growth.json", `${JSON.stringify({ sizes: results, destroy }, null, 2)}\n`);
  console.log(readFileSync(".slipway/bench/growth.json", "utf8"));
});
