// Runs programs that use the packed package from folders outside of the checkout: `make e2e-consumers`, or
// `ARGS="yaml-lab"` for the named ones. Each creates a stack on this machine's Docker and deletes it. A program takes seven
// minutes on two cores. The first run also builds Pulumi's code generators and the language hosts, in a few minutes.
//
// The package is packed in a copy of the checkout, which is deleted before anyone uses the package. The programs, Pulumi and the
// plugins see an empty folder in place of the checkout. Programs install packages from the registries of npm, Go and Python.
// Tools and images are those that `make tools` made. The tests need no other host.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { automationSteps } from "./consumers/automation";
import { type Consumer, type ConsumerEnvironment, lifeOf } from "./consumers/consumer";
import { goLab } from "./consumers/goLab";
import { installPackage, packInCopy } from "./consumers/package";
import { pythonLab } from "./consumers/pythonLab";
import { typescriptLab } from "./consumers/typescriptLab";
import { wrongPairSteps } from "./consumers/wrongPair";
import { yamlLab } from "./consumers/yamlLab";
import { yamlParts } from "./consumers/yamlParts";
import { type Counts, report, runSteps, type Step } from "./harness";

type Life = (place: ConsumerEnvironment) => Step[];

const life =
  (consumer: Consumer): Life =>
  (place) =>
    lifeOf(consumer, place);

const consumers: Readonly<Record<string, Life>> = {
  "yaml-lab": life(yamlLab),
  "yaml-parts": life(yamlParts),
  "typescript-lab": life(typescriptLab),
  "go-lab": life(goLab),
  "python-lab": life(pythonLab),
  automation: automationSteps,
  "wrong-pair": wrongPairSteps,
};

const runConsumers = async (names: readonly string[]): Promise<Counts> => {
  const unknown = names.filter((name) => !Object.hasOwn(consumers, name));
  if (unknown.length > 0)
    throw new Error(`ARGS: expected ${Object.keys(consumers).join(" ")}, got ${unknown.join(" ")}. Correct it.`);
  const folder = mkdtempSync(join(tmpdir(), "slipway-consumers-"));
  const counts = { passed: 0, failed: 0 };
  try {
    const installed = installPackage(packInCopy(folder), join(folder, "installed"));
    for (const name of names) {
      const place = { folder: join(folder, name), installed };
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
