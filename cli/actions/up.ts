import type { Route } from "../../lib/versions/pins";
import { defaultStack } from "../../preflight/stackFile";
import { root } from "../../system/checkout";
import type { Action } from "../commandLine/definition";
import { createsClusters } from "../pulumi/creating";
import { followedRun } from "../pulumi/followedRun";
import { pullStackImages } from "../pulumi/pullImages";
import { type Outputs, readOutputs, runPulumi, type Target } from "../pulumi/run";
import { exportState, withoutPending } from "../pulumi/state";
import { print, ready } from "../pulumi/target";
import { awaitManagement, isWithoutManagement, withoutManagement } from "../recovery/managementNode";
import { excludeLostClusters, restoreDeleted } from "../recovery/restoreDeleted";
import { forgetTakeOver, takeOver } from "../recovery/runRecord";
import { claimClusters, recordMade } from "../teardown/claims";
import { upReport, writeKubeconfigs } from "./report";
import { printStuck } from "./status";

/** Keeps the end of `up`: kubeconfigs, what it holds in Docker, and what the user reads. */
const finishUp = async (target: Target, route: Route): Promise<void> => {
  forgetTakeOver(root, target.stack);
  const outputs: Outputs = (await readOutputs(target)) ?? {};
  const files = writeKubeconfigs(root, target.stack, outputs.kubeconfigs ?? {});
  for (const line of upReport(target.stack, outputs, files, target.stack === defaultStack[route])) print(line);
};

/** Runs Pulumi until everything is created again that somebody deleted: another time for what was still being deleted. */
const upWithDeleted = async (
  target: Target,
  args: readonly string[],
  creates: boolean,
  read = exportState,
): ReturnType<typeof followedRun> => {
  const { args: replacements, isIncomplete } = await restoreDeleted(target, print, args, read);
  const variables = { ...target.variables, ...takeOver(root, target.stack) };
  const upArgs = ["up", "--yes", "--skip-preview", ...replacements, ...args];
  const ended = await followedRun({ ...target, variables }, upArgs, creates, print);
  return ended.code === 0 && isIncomplete ? upWithDeleted(target, args, creates) : ended;
};

export const up: Action = async ({ passed: args }) => {
  const { route, target } = await ready(withoutPending);
  // The engine would make another Cluster object before it deletes the lost one of the same name, and then that.
  if (isWithoutManagement(await withoutManagement(target, print))) {
    print("nothing is changed. make destroy takes away what is left of the stack, and make up then makes it anew");
    return 1;
  }
  // Without Docker there is nothing to claim, and the program says so.
  const exported = exportState(target);
  const [creates] = await Promise.all([
    createsClusters(target, () => exported).catch(() => false),
    exported,
    awaitManagement(target, print),
    claimClusters(target).catch(() => undefined),
  ]);
  await pullStackImages(target, print).catch(() => undefined);
  const { code, failure } = await upWithDeleted(target, args, creates, () => exported);
  const recorded = recordMade(target).catch(() => undefined);
  if (code === 0) await finishUp(target, route);
  else {
    for (const line of failure.length > 0 ? ["", ...failure] : []) print(line);
    // What the plugin waited for by itself ends without a reason; steps have told theirs.
    await printStuck(target, print).catch(() => undefined);
    print(
      "\nup did not finish. make status shows what is there; make up goes on from here, make destroy takes it away",
    );
  }
  await recorded;
  return code;
};

export const refresh: Action = async ({ passed: args }) => {
  const target = await withoutManagement((await ready(withoutPending)).target, print);
  const exclusions = await excludeLostClusters(target, print, args);
  return runPulumi(target, ["refresh", "--yes", "--skip-preview", ...exclusions, ...args]);
};
