// What is said of running clusters, on running clusters: `make e2e-full`, or with names of scenarios `ARGS="change ha"`.
// Each stack is destroyed at its end, also after a failure. The last line is "N passed, N failed".
import { isDeepStrictEqual } from "node:util";
import { clearEarlierRuns, type Origin } from "./earlierRuns";
import {
  check,
  type Counts,
  type DockerInventory,
  dockerInventory,
  must,
  newInDocker,
  report,
  runSteps,
  type Step,
} from "./harness";
import type { Scenario } from "./scenario";
import { scenarios } from "./scenarios";
import { byoManagement } from "./scenarios/byoManagement";
import { runHost } from "./scenarios/host";
import { runProxied, runRelease } from "./scenarios/release";
import { TestStack } from "./testStack";
import { currentRoute } from "./throwAwayStack";

/** The scenario that has no stack like the others': its management cluster is made outside of any stack. */
const byo = "byo-management";

/** The scenario on a machine of its own. It runs by its name alone: it needs root and the source route's images. */
const release = "release";

/** The scenario behind a proxy, on a machine of its own. It needs the same. */
const proxy = "proxy";

/** The scenario with Dockers of its own. It runs by its name alone, because it needs root. */
const host = "host";

/** The scenarios of these names, in the order in which they are kept; none named means all. Refuses a name there is not. */
const choose = (names: readonly string[]): Scenario[] => {
  const known = [...scenarios.map(({ name }) => name), byo, release, proxy, host];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`no scenario ${unknown.join(", ")}; there are ${known.join(", ")}`);
  return names.length === 0 ? scenarios : scenarios.filter(({ name }) => names.includes(name));
};

/** Scenarios that start alike, one behind the other, share a stack: an `up` takes minutes. */
const group = (chosen: readonly Scenario[]): Scenario[][] => {
  const groups: Scenario[][] = [];
  for (const scenario of chosen) {
    const last = groups.at(-1);
    const alike = last?.every(
      (other) =>
        other.first === undefined &&
        scenario.first === undefined &&
        other.base === scenario.base &&
        isDeepStrictEqual(other.start, scenario.start),
    );
    if (last !== undefined && alike) last.push(scenario);
    else groups.push([scenario]);
  }
  return groups;
};

/** A killed run's stack started from its scenario's file. */
const origin: Origin = (stack) => scenarios.find(({ name }) => stack === `e2e-${name}`);

const stepsOf = (stack: TestStack, scenarios: readonly Scenario[], before: DockerInventory): Step[] => [
  ...scenarios.flatMap(({ first }) => first?.(stack) ?? []),
  { name: "up", run: () => stack.up() },
  ...scenarios.flatMap(({ name, steps }) =>
    steps(stack).map((step) => (scenarios.length > 1 ? { ...step, name: `${name}: ${step.name}` } : step)),
  ),
  { name: "destroy", always: true, run: () => stack.destroy() },
  {
    name: "nothing is left",
    always: true,
    run: () => {
      const left = newInDocker(before, dockerInventory());
      check(left.length === 0, `Docker to hold nothing new, got ${left.join(", ")}`);
    },
  },
];

const run = async (stack: TestStack, scenarios: readonly Scenario[]): Promise<Counts> => {
  const [{ base, start }] = scenarios as [Scenario];
  for (const { name, title } of scenarios) console.log(`== ${name}: ${title}`);
  const began = Date.now();
  try {
    clearEarlierRuns(origin);
    stack.write(base, start);
    return await runSteps(stepsOf(stack, scenarios, dockerInventory()), () => stack.explain());
  } finally {
    stack.remove();
    console.log(`   ${((Date.now() - began) / 60_000).toFixed(1)} min`);
  }
};

const main = async (): Promise<Counts> => {
  const names = process.argv.slice(2);
  const chosen = group(choose(names));
  must("scripts/slipway", ["tools"], { show: true });
  const route = currentRoute();
  const counts: Counts = { passed: 0, failed: 0 };
  const add = ({ passed, failed }: Counts): void => {
    counts.passed += passed;
    counts.failed += failed;
  };
  for (const scenarios of chosen) add(await run(new TestStack(`e2e-${scenarios[0]!.name}`, route), scenarios));
  if (names.length === 0 || names.includes(byo)) {
    console.log(`== ${byo}: a management cluster that someone else keeps is left as it was`);
    add(await runSteps(byoManagement, () => undefined));
  }
  if (names.includes(release)) {
    console.log(`== ${release}: the release route from an empty environment to destroy, on stand-ins for all hosts`);
    add(await runRelease(route));
  }
  if (names.includes(proxy)) {
    console.log(`== ${proxy}: the release route behind a proxy with a password, which is the only way out`);
    add(await runProxied(route));
  }
  if (names.includes(host)) {
    console.log(`== ${host}: routes, MTU, contexts, names, disk and memory are checked on Dockers of the test`);
    add(await runHost());
  }
  return counts;
};

void report(main);
