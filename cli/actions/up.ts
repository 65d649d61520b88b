import type { ReachReading } from "../../lib/base/containerAddresses";
import type { Route } from "../../lib/versions/pins";
import { defaultStack } from "../../preflight/stackFile";
import { root } from "../../system/checkout";
import { measureReach } from "../../system/reach";
import type { Action } from "../commandLine/definition";
import { createsClusters } from "../pulumi/creating";
import { followedRun } from "../pulumi/followedRun";
import { pullStackImages } from "../pulumi/pullImages";
import { type Outputs, runPulumi, type Target } from "../pulumi/run";
import { exportState, knownOutputsIn, withoutPending } from "../pulumi/state";
import { print, prepareTarget } from "../pulumi/target";
import { awaitManagement, managementClusterIsGone, withoutManagement } from "../recovery/managementNode";
import { forgetRepeated } from "../recovery/forgetRepeated";
import { excludeLostClusters, restoreDeleted } from "../recovery/restoreDeleted";
import { forgetTakeOver, takeOverVariables } from "../recovery/runRecord";
import { openView, usesView } from "../progress/open";
import { usualTimeouts } from "../pulumi/stopAfterFailure";
import { openRunReport, reported, type RunReport } from "../report/runReport";
import { recordPlannedClusters, recordCreated } from "../teardown/plannedClusters";
import { requireStarted } from "../pause/describe";
import { startBeforeUp } from "./pause";
import { upReport, writeKubeconfigs } from "./report";
import { printStuck } from "./status";

/** Writes the kubeconfigs and prints the outputs after a successful `up`. */
const finishUp = (target: Target, route: Route, outputs: Outputs, { reach }: ReachReading): void => {
  forgetTakeOver(root, target.stack);
  const files = writeKubeconfigs(root, target.stack, outputs.kubeconfigs ?? {});
  for (const line of upReport(target.stack, outputs, files, target.stack === defaultStack[route], reach)) print(line);
};

/** Runs Pulumi until all deleted objects exist again. It runs again for objects whose deletion was still in progress. */
const upWithDeleted = async (
  target: Target,
  args: readonly string[],
  creates: boolean,
  report: RunReport,
  hasView: boolean,
  read = exportState,
): ReturnType<typeof followedRun> => {
  const { args: replacements, isIncomplete, ...restoration } = await restoreDeleted(target, print, args, read);
  const variables = { ...target.variables, ...restoration.variables, ...takeOverVariables(root, target.stack) };
  const upArgs = ["up", "--yes", "--skip-preview", ...replacements, ...args];
  const view = hasView ? openView(target, "up", args) : undefined;
  const ended = await followedRun(
    { ...target, variables },
    upArgs,
    creates,
    view?.print ?? print,
    [report.observe, ...(view ? [view.observe] : [])],
    usualTimeouts,
    view,
  );
  return ended.code === 0 && isIncomplete ? upWithDeleted(target, args, creates, report, hasView) : ended;
};

/** Prints why an `up` failed, and returns what holds the clusters that are not ready. */
const explainFailure = async (target: Target, failure: readonly string[]): Promise<string[]> => {
  for (const line of failure.length > 0 ? ["", ...failure] : []) print(line);
  // Steps print why their wait failed; a wait of the Kubernetes plugin ends without a reason.
  const stuck = await printStuck(target, print).catch(() => []);
  print(
    "\nup did not finish. make status shows the clusters; make up continues from here, make destroy deletes the stack",
  );
  return stuck;
};

const runUp = async (
  target: Target,
  route: Route,
  args: readonly string[],
  report: RunReport,
  hasView: boolean,
): Promise<number> => {
  const finishStart = await startBeforeUp(target);
  // The engine would create the new Cluster object and then delete it, because the lost object has the same name.
  if (managementClusterIsGone(await withoutManagement(target, print))) {
    const remedy = "run make destroy, which deletes the rest of the stack; then make up creates it again";
    print(`nothing was changed. ${remedy}`);
    await report.finish({ code: 1, failure: ["the management cluster is gone"], diagnosis: [`what helps: ${remedy}`] });
    return 1;
  }
  // An error of Docker is ignored here, because the program reports it.
  const exported = exportState(target).then((state) => forgetRepeated(target, print, state));
  const [creates] = await Promise.all([
    createsClusters(target, () => exported).catch(() => false),
    exported,
    awaitManagement(target, print),
    recordPlannedClusters(target).catch(() => undefined),
  ]);
  await pullStackImages(target, print).catch(() => undefined);
  const { code, failure } = await upWithDeleted(target, args, creates, report, hasView, () => exported);
  await finishStart();
  const recorded = recordCreated(target).catch(() => undefined);
  const state = exportState(target, { showSecrets: true });
  const outputs = state.then((exported) => exported && knownOutputsIn(exported));
  const explained =
    code === 0
      ? outputs.then(async (all) => {
          const management = all?.managementCluster;
          finishUp(target, route, all ?? {}, await measureReach({ management }));
        })
      : explainFailure(target, failure);
  const diagnosis = explained.then((lines) => lines ?? []);
  await Promise.all([report.finish({ code, diagnosis, state, outputs }), explained, recorded]);
  return code;
};

export const up: Action = async ({ passed: args, options }) => {
  const hasView = usesView(args, options.engineOutput === true);
  const { route, target } = await prepareTarget(withoutPending);
  return reported(openRunReport(target, "up", args, print), (report) => runUp(target, route, args, report, hasView));
};

export const refresh: Action = async ({ passed: args }) => {
  const { target: prepared } = await prepareTarget(withoutPending);
  await requireStarted(prepared);
  const target = await withoutManagement(prepared, print);
  const exclusions = await excludeLostClusters(target, print, args);
  return runPulumi(target, ["refresh", "--yes", "--skip-preview", ...exclusions, ...args]);
};
