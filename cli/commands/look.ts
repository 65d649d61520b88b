import { readFileSync } from "node:fs";
import { formatChecks } from "../../preflight/host/doctor";
import { root } from "../../system/checkout";
import { pulumiEnvironment, writeEnvironmentScript } from "../pulumi/environment";
import { runPulumi } from "../pulumi/run";
import { openTarget, print, printAside, ready, targetOrNone } from "../pulumi/target";
import { withoutManagement } from "../recovery/managementNode";
import { showDeleted } from "../recovery/restoreDeleted";
import { writeSupport } from "../support/archive";
import { pickRoute } from "../toolchain";
import type { Verb } from "./command";
import { examine } from "./doctor";
import { printPlan } from "./plan";
import { printStatus, watchStatus } from "./status";

export const preview: Verb = async (args) => {
  const target = await withoutManagement((await ready()).target, print);
  const { args: replacements } = await showDeleted(target, print, args);
  return runPulumi(target, ["preview", ...replacements, ...args]);
};

/** Exit code 0: nothing to do, 2: changes, 3: something is replaced or destroyed; an error is 1. */
export const plan: Verb = async (args) => {
  const say = args.includes("--json") ? printAside : print;
  const target = await withoutManagement((await ready(undefined, say)).target, say);
  const { args: replacements, deleted } = await showDeleted(target, say, args);
  return printPlan(target, [...replacements, ...args], print, undefined, deleted);
};

export const status: Verb = async (args) => {
  const target = openTarget(await pickRoute({ checkout: root, print }));
  await (args.includes("--watch") ? watchStatus : printStatus)(target, print);
  return 0;
};

export const doctor: Verb = async (args) => {
  const route = await pickRoute({
    checkout: root,
    print: (line) => (args.includes("--json") ? undefined : print(line)),
  });
  const checks = await examine(root, route, () => openTarget(route, () => undefined));
  if (args.includes("--json")) print(JSON.stringify(checks, null, 2));
  else {
    print(`route: ${route}`);
    for (const line of formatChecks(checks)) print(line);
  }
  return checks.some(({ status: found }) => found === "fail") ? 1 : 0;
};

export const support: Verb = async () => {
  const route = await pickRoute({ checkout: root, print });
  await writeSupport(targetOrNone(route), route, print);
  return 0;
};

export const env: Verb = async () => {
  const route = await pickRoute({ checkout: root, print: printAside });
  const environment = pulumiEnvironment(root, route);
  process.stdout.write(readFileSync(writeEnvironmentScript(root, environment), "utf8"));
  return 0;
};

/** Prints the route alone, for scripts; what else there is to say goes to standard error. */
export const route: Verb = async () => {
  print(await pickRoute({ checkout: root, print: printAside }));
  return 0;
};
