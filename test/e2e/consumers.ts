// Runs programs that use the packed package from folders outside of the checkout: `make e2e-consumers`, or
// `ARGS="yaml-lab"` for the named ones. Each creates a stack on this machine's Docker and deletes it. A program takes seven
// minutes on two cores; the first run also builds Pulumi's language host for YAML and its code generators, in a few minutes.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { automationSteps } from "./consumers/automation";
import { type Consumer, type ConsumerEnvironment, lifeOf } from "./consumers/consumer";
import { installPackage, packInCopy } from "./consumers/package";
import { typescriptLab } from "./consumers/typescriptLab";
import { yamlLab } from "./consumers/yamlLab";
import { yamlParts } from "./consumers/yamlParts";
import { type Counts, report, runSteps, type Step } from "./harness";
import { yamlHost } from "./sdk/generator";

type Life = (place: ConsumerEnvironment) => Step[];

const life =
  (consumer: Consumer): Life =>
  (place) =>
    lifeOf(consumer, place);

const consumers: Readonly<Record<string, Life>> = {
  "yaml-lab": life(yamlLab),
  "yaml-parts": life(yamlParts),
  "typescript-lab": life(typescriptLab),
  automation: automationSteps,
};

const runConsumers = async (names: readonly string[]): Promise<Counts> => {
  const unknown = names.filter((name) => !Object.hasOwn(consumers, name));
  if (unknown.length > 0)
    throw new Error(`ARGS: expected ${Object.keys(consumers).join(" ")}, got ${unknown.join(" ")}. Correct it.`);
  const folder = mkdtempSync(join(tmpdir(), "slipway-consumers-"));
  const counts = { passed: 0, failed: 0 };
  try {
    const installed = installPackage(packInCopy(folder), join(folder, "installed"));
    const path = [await yamlHost(), installed.tools];
    for (const name of names) {
      const place = { folder: join(folder, name), path, installed };
      const { passed, failed } = await runSteps(consumers[name]!(place), () => undefined);
      counts.passed += passed;
      counts.failed += failed;
    }
  } finally {
    // A failed destroy leaves the state, without which nothing can be deleted.
    if (counts.failed === 0) rmSync(folder, { recursive: true, force: true });
    else console.log(`kept: ${folder}`);
  }
  return counts;
};

const named = process.argv.slice(2);
void report(() => runConsumers(named.length > 0 ? named : Object.keys(consumers)));
