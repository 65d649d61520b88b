import { readFileSync } from "node:fs";
import { formatChecks } from "../../preflight/host/doctor";
import { root } from "../../system/checkout";
import type { Action } from "../commandLine/definition";
import { renewPublishedPorts } from "../kubeconfig/publishedPorts";
import { requireStarted } from "../pause/describe";
import { pulumiEnvironment, writeEnvironmentScript } from "../pulumi/environment";
import { runPulumi, type Target } from "../pulumi/run";
import { openTarget, print, printAside, prepareTarget } from "../pulumi/target";
import { withoutManagement } from "../recovery/managementNode";
import { showDeleted } from "../recovery/restoreDeleted";
import { writeSupport } from "../support/archive";
import { UsageError } from "../commandLine/usageError";
import { pickRoute } from "../toolchain";
import { examine, examineHosts, readPlaced } from "./doctor";
import { printPlan } from "./plan";
import { printStatus, watchStatus } from "./status";
import { statusDocument } from "./statusDocument";

export const preview: Action = async ({ passed: args }) => {
  const { target: prepared } = await prepareTarget();
  await requireStarted(prepared);
  const target = await withoutManagement(prepared, print);
  const { args: replacements, variables } = await showDeleted(target, print, args);
  return runPulumi({ ...target, variables: { ...target.variables, ...variables } }, [
    "preview",
    ...replacements,
    ...args,
  ]);
};

/** Prints the plan. Exit codes: 0 no change, 1 an error, 2 changes, 3 a replacement or a deletion. */
export const plan: Action = async ({ options: { json }, passed: args }) => {
  const log = json ? printAside : print;
  const { target: prepared } = await prepareTarget(undefined, log);
  await requireStarted(prepared);
  const target = await withoutManagement(prepared, log);
  const { args: replacements, deleted, variables } = await showDeleted(target, log, args);
  const previewed = { ...target, variables: { ...target.variables, ...variables } };
  return printPlan(previewed, [...replacements, ...args], print, { json: json === true, ...(deleted && { deleted }) });
};

export const status: Action = async ({ options: { watch, json } }) => {
  if (watch && json) throw new UsageError("--json: expected without --watch, got both. Give only one of them.");
  const log = json ? printAside : print;
  const target = openTarget(await pickRoute({ checkout: root, print: log }), log);
  await renewPublishedPorts(target);
  if (json) print(JSON.stringify(await statusDocument(target), null, 2));
  else await (watch ? watchStatus : printStatus)(target, print);
  return 0;
};

export const doctor: Action = async ({ options: { json } }) => {
  const route = await pickRoute({ checkout: root, print: json ? printAside : print });
  const open = (): Target => openTarget(route, () => undefined);
  const reading = readPlaced(root, route, open);
  const [checksOfMachine, checksOfHosts] = await Promise.all([
    examine(root, route, open, reading),
    reading.then(({ settings }) => examineHosts(route, settings)),
  ]);
  const checks = [...checksOfMachine, ...checksOfHosts];
  if (json) print(JSON.stringify(checks, null, 2));
  else {
    print(`route: ${route}`);
    for (const line of formatChecks(checks)) print(line);
  }
  return checks.some((check) => check.status === "fail") ? 1 : 0;
};

export const support: Action = async () => {
  const route = await pickRoute({ checkout: root, print });
  await writeSupport(openTarget(route), route, print);
  return 0;
};

export const env: Action = async () => {
  await pickRoute({ checkout: root, print: printAside });
  const environment = pulumiEnvironment(root);
  process.stdout.write(readFileSync(writeEnvironmentScript(root, environment), "utf8"));
  return 0;
};

/** Prints only the route, for scripts. Messages go to standard error. */
export const route: Action = async () => {
  print(await pickRoute({ checkout: root, print: printAside }));
  return 0;
};
