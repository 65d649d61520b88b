import type { Route } from "../../lib/versions/pins";
import { defaultStack } from "../../preflight/stackFile";
import { root } from "../../system/checkout";
import type { Action } from "../commandLine/definition";
import { createsClusters } from "../pulumi/creating";
import { followedRun } from "../pulumi/followedRun";
import { pullStackImages } from "../pulumi/pullImages";
import { type Outputs, readOutputs, runPulumi, type Target } from "../pulumi/run";
import { exportState, withoutPending } from "../pulumi/state";
import { print, prepareTarget } from "../pulumi/target";
import { awaitManagement, managementClusterIsGone, withoutManagement } from "../recovery/managementNode";
import { forgetRepeated } from "../recovery/forgetRepeated";
import { excludeLostClusters, restoreDeleted } from "../recovery/restoreDeleted";
import { forgetTakeOver, takeOverVariables } from "../recovery/runRecord";
import { openView, usesView } from "../progress/open";
import { usualTimeouts } from "../pulumi/stopAfterFailure";
import { recordPlannedClusters, recordCreated } from "../teardown/plannedClusters";
import { requireStarted } from "../pause/describe";
import { startBeforeUp } from "./pause";
import { upReport, writeKubeconfigs } from "./report";
import { printStuck } from "./status";

/** Writes the kubeconfigs and prints the report after a successful `up`. */
const finishUp = async (target: Target, route: Route): Promise<void> => {
  forgetTakeOver(root, target.stack);
  const outputs: Outputs = (await readOutputs(target)) ?? {};
  const files = writeKubeconfigs(root, target.stack, outputs.kubeconfigs ?? {});
  for (const line of upReport(target.stack, outputs, files, target.stack === defaultStack[route])) print(line);
};

/** Runs Pulumi until all deleted objects exist again. It runs again for objects whose deletion was still in progress. */
const upWithDeleted = async (
  target: Target,
  args: readonly string[],
  creates: boolean,
  hasView: boolean,
  read = exportState,
): ReturnType<typeof followedRun> => {
  const { args: replacements, isIncomplete, ...restoration } = await restoreDeleted(target, print, args, read);
  const variables = { ...target.variables, ...restoration.variables, ...takeOverVariables(root, target.stack) };
  const upArgs = ["up", "--yes", "--skip-preview", ...replacements, ...args];
  const view = hasView ? openView(target, "up") : undefined;
  const observers = view ? [view.observe] : [];
  const ended = await followedRun(
    { ...target, variables },
    upArgs,
    creates,
    view?.print ?? print,
    observers,
    usualTimeouts,
    view,
  );
  return ended.code === 0 && isIncomplete ? upWithDeleted(target, args, creates, hasView) : ended;
};

export const up: Action = async ({ passed: args, options }) => {
  const hasView = usesView(args, options.engineOutput === true);
  const { route, target } = await prepareTarget(withoutPending);
  const finishStart = await startBeforeUp(target);
  // The engine would create the new Cluster object and then delete it, because the lost object has the same name.
  if (managementClusterIsGone(await withoutManagement(target, print))) {
    print("nothing was changed. Run make destroy, which deletes the rest of the stack; then make up creates it again");
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
  const { code, failure } = await upWithDeleted(target, args, creates, hasView, () => exported);
  await finishStart();
  const recorded = recordCreated(target).catch(() => undefined);
  if (code === 0) await finishUp(target, route);
  else {
    for (const line of failure.length > 0 ? ["", ...failure] : []) print(line);
    // Steps print why their wait failed; a wait of the Kubernetes plugin ends without a reason.
    await printStuck(target, print).catch(() => undefined);
    print(
      "\nup did not finish. make status shows the clusters; make up continues from here, make destroy deletes the stack",
    );
  }
  await recorded;
  return code;
};

export const refresh: Action = async ({ passed: args }) => {
  const { target: prepared } = await prepareTarget(withoutPending);
  await requireStarted(prepared);
  const target = await withoutManagement(prepared, print);
  const exclusions = await excludeLostClusters(target, print, args);
  return runPulumi(target, ["refresh", "--yes", "--skip-preview", ...exclusions, ...args]);
};
