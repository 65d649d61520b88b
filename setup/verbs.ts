import { existsSync, readFileSync } from "node:fs";
import type { Route } from "./cache";
import { claimClusters, recordMade } from "./claims";
import { neverUp, sayNeverUp, takeDown } from "./destroy";
import { formatChecks } from "./doctor";
import { examine } from "./examine";
import { pulumiEnvironment, writeEnvironmentScript } from "./environment";
import { root } from "./pins";
import { printPlan } from "./plan";
import type { Print } from "./progress";
import { endInterrupted, mendState } from "./recover";
import { readOutputs, runPulumi, selectStack, type Outputs, type Target } from "./pulumi";
import { upReport, writeKubeconfigs } from "./report";
import { chooseStack, defaultStack, stackFile } from "./stack";
import { removeStaleLocks } from "./staleLocks";
import { exportState, type Mend, pendingAsMade, withoutPending } from "./state";
import { printStatus, printStuck, watchStatus } from "./status";
import { forgetTakeOver, takeOver } from "./runRecord";
import { mendStateFiles } from "./stateFiles";
import { writeSupport } from "./support/archive";
import { sweepLost } from "./sweep";
import { ensureTools, pickRoute } from "./tools";
import { awaitManagement, isWithoutManagement, withoutManagement } from "./withoutManagement";

/** A verb: gets the arguments behind it and gives the exit code. */
export type Verb = (args: string[]) => Promise<number>;

const print: Print = (line) => process.stdout.write(`${line}\n`);

/** For verbs whose output is read by programs: what else there is to say goes to standard error. */
const printAside: Print = (line) => process.stderr.write(`${line}\n`);

/** Stack and environment of a route; writes .slipway/env.sh. */
const openTarget = (route: Route, say = print): Target => {
  const { stack, reason } = chooseStack(root, route);
  const environment = pulumiEnvironment(root, route);
  writeEnvironmentScript(root, environment);
  say(`stack: ${stack} (${reason})`);
  say(`state: ${environment.backend} (${environment.reason})`);
  return { checkout: root, stack, backend: environment.backend, variables: environment.variables };
};

/** The target also of a stack without settings: there may be something of it in Docker. */
const targetOrNone = (route: Route): Target => {
  const stack = process.env.STACK || defaultStack[route];
  if (existsSync(stackFile(root, stack))) return openTarget(route);
  const { backend, variables } = pulumiEnvironment(root, route);
  return { checkout: root, stack, backend, variables };
};

/** @param mend what becomes of what an interrupted run left under way; a verb that only looks leaves all as it is */
const ready = async (mend?: Mend, say = print): Promise<{ route: Route; target: Target }> => {
  const route = await ensureTools({ checkout: root, print: say });
  const target = openTarget(route, say);
  const interrupted = mend !== undefined && (await endInterrupted(target, say));
  removeStaleLocks(target.backend, target.stack, say);
  mendStateFiles(target.backend, target.stack, say);
  await selectStack(target);
  // Asked for only where a run is known to have ended badly: it takes the engine a second.
  if (interrupted) await mendState(target, say, mend);
  return { route, target };
};

const tools: Verb = async () => {
  await ensureTools({ checkout: root, print, again: true });
  return 0;
};

/** Keeps the end of `up`: kubeconfigs, what it holds in Docker, and what the user reads. */
const finishUp = async (target: Target, route: Route): Promise<void> => {
  forgetTakeOver(root, target.stack);
  const outputs: Outputs = (await readOutputs(target)) ?? {};
  const files = writeKubeconfigs(root, target.stack, outputs.kubeconfigs ?? {});
  for (const line of upReport(target.stack, outputs, files, target.stack === defaultStack[route])) print(line);
};

const up: Verb = async (args) => {
  const { route, target } = await ready(withoutPending);
  // The engine would make another Cluster object before it deletes the lost one of the same name, and then that.
  if (isWithoutManagement(await withoutManagement(target, print))) {
    print("nothing is changed. make destroy takes away what is left of the stack, and make up then makes it anew");
    return 1;
  }
  await awaitManagement(target, print);
  // Without Docker there is nothing to claim, and the program says so.
  await claimClusters(target).catch(() => undefined);
  const variables = { ...target.variables, ...takeOver(root, target.stack) };
  const code = await runPulumi({ ...target, variables }, ["up", "--yes", "--skip-preview", ...args]);
  await recordMade(target).catch(() => undefined);
  if (code === 0) await finishUp(target, route);
  else {
    // What the plugin waited for by itself ends without a reason; steps have told theirs.
    await printStuck(target, print).catch(() => undefined);
    print(
      "\nup did not finish. make status shows what is there; make up goes on from here, make destroy takes it away",
    );
  }
  return code;
};

const preview: Verb = async (args) => {
  const target = await withoutManagement((await ready()).target, print);
  return runPulumi(target, ["preview", ...args]);
};

/** Exit code 0: nothing to do, 2: changes, 3: something is replaced or destroyed; an error is 1. */
const plan: Verb = async (args) => {
  const say = args.includes("--json") ? printAside : print;
  const target = await withoutManagement((await ready(undefined, say)).target, say);
  return printPlan(target, args, print);
};

const refresh: Verb = async (args) => {
  const target = await withoutManagement((await ready(withoutPending)).target, print);
  return runPulumi(target, ["refresh", "--yes", "--skip-preview", ...args]);
};

const destroy: Verb = async (args) => {
  const route = await pickRoute({ checkout: root, print });
  const { stack } = chooseStack(root, route);
  if (neverUp(root, stack, pulumiEnvironment(root, route).backend)) return sayNeverUp(root, stack, print);
  const code = await takeDown((await ready(pendingAsMade)).target, args, print);
  if (code === 0) forgetTakeOver(root, stack);
  return code;
};

/** What `up` and `destroy` do by themselves after a run of theirs was killed; for runs of plain pulumi. */
const recover: Verb = async () => {
  const { target } = await ready(withoutPending);
  await mendState(target, print, withoutPending);
  print(`stack ${target.stack} is ready for make up or make destroy`);
  return 0;
};

/** For a stack whose state is lost; one that has a state is `destroy`'s. */
const sweep: Verb = async (args) => {
  const unknown = args.filter((arg) => arg !== "--yes");
  if (unknown.length > 0) throw new Error(`sweep knows no ${unknown.join(" ")}, only --yes`);
  const route = await pickRoute({ checkout: root, print });
  const { stack } = chooseStack(root, route);
  if (!neverUp(root, stack, pulumiEnvironment(root, route).backend)) {
    const { target } = await ready(withoutPending);
    const state = await exportState(target);
    if ((state?.deployment.resources ?? []).length > 0) {
      print(`stack ${stack} has its state: make destroy takes it away`);
      return 1;
    }
  } else await endInterrupted({ checkout: root, stack }, print);
  return sweepLost({ checkout: root, stack }, args.length > 0, print);
};

const status: Verb = async (args) => {
  const target = openTarget(await pickRoute({ checkout: root, print }));
  await (args.includes("--watch") ? watchStatus : printStatus)(target, print);
  return 0;
};

const doctor: Verb = async (args) => {
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

const support: Verb = async () => {
  const route = await pickRoute({ checkout: root, print });
  await writeSupport(targetOrNone(route), route, print);
  return 0;
};

const env: Verb = async () => {
  const route = await pickRoute({ checkout: root, print: printAside });
  const environment = pulumiEnvironment(root, route);
  process.stdout.write(readFileSync(writeEnvironmentScript(root, environment), "utf8"));
  return 0;
};

/** Prints the route alone, for scripts; what else there is to say goes to standard error. */
const route: Verb = async () => {
  print(await pickRoute({ checkout: root, print: printAside }));
  return 0;
};

/** Nothing by itself: scripts/slipway has seen to the Node packages before it comes here. */
const packages: Verb = () => Promise.resolve(0);

/** Everything that setup/main.ts understands. */
export const verbs: Record<string, Verb> = {
  tools,
  up,
  preview,
  plan,
  destroy,
  refresh,
  recover,
  sweep,
  doctor,
  status,
  support,
  env,
  route,
  packages,
};
