import { rmSync } from "node:fs";
import { ownerLabel, ownerOf, runLabel } from "../../lib/base/labels";
import { docker, type Docker, listContainers, listNetworks } from "../../system/docker";
import { isAbandoned } from "../../system/temporary";
import type { Target } from "../pulumi/run";
import { type ExportedState, exportState, importState, type StateRepair } from "../pulumi/state";
import type { Print } from "../toolchain/build/progress";
import { endProcesses } from "./orphans";
import { forgetRuns, noteTakeOver, unfinishedRuns } from "./runRecord";

/**
 * Removes networks and containers that have the stack's label and are not in its state. A killed run created them and did not
 * record them. Their names are unique, so the next run would fail. A network in use stays.
 */
export const removeUnknown = async (
  { deployment }: ExportedState,
  stack: string,
  print: Print,
  runDocker: Docker = docker,
): Promise<void> => {
  const known = (deployment.resources ?? []).flatMap(({ id }) => id ?? []);
  const isUnknown = ({ id, owner }: { id: string; owner: string }): boolean =>
    owner === ownerOf(stack) && !known.includes(id);
  for (const { id } of (await listContainers(runDocker, `label=${ownerLabel}`)).filter(isUnknown)) {
    await runDocker("rm", "--force", "--volumes", id);
    print(`removed container ${id.slice(0, 12)}, which an interrupted run created and did not record`);
  }
  for (const { id } of (await listNetworks(runDocker)).filter(isUnknown)) {
    const users = await listContainers(runDocker, `network=${id}`);
    if (users.length > 0) continue;
    await runDocker("network", "rm", id);
    print(`removed network ${id.slice(0, 12)}, which an interrupted run created and did not record`);
  }
};

/** Removes the containers in which interrupted runs were building an image. */
export const removeHelpers = async (print: Print, runDocker: Docker = docker): Promise<void> => {
  for (const { id } of (await listContainers(runDocker, `label=${runLabel}`)).filter(({ run }) => isAbandoned(run))) {
    await runDocker("rm", "--force", "--volumes", id);
    print(`removed container ${id.slice(0, 12)}, in which an interrupted run was building an image`);
  }
};

/** Ends the processes of killed runs of this stack and removes the runs' temporary files. Returns true if there were any. */
export const endInterrupted = async (
  { checkout, stack }: Pick<Target, "checkout" | "stack">,
  print: Print,
): Promise<boolean> => {
  const runs = unfinishedRuns(checkout, stack);
  for (const { folder } of Object.values(runs)) {
    await endProcesses(folder, print);
    rmSync(folder, { recursive: true, force: true });
  }
  return Object.keys(runs).length > 0;
};

/**
 * Repairs the state after a killed run: it clears pending operations and removes objects that the state does not have.
 *
 * @param repair drops the operations before an `up`, and counts them as done before a `destroy`
 */
export const repairState = async (target: Target, print: Print, repair: StateRepair): Promise<void> => {
  const exported = await exportState(target);
  if (exported) {
    const { state, pending } = repair(exported);
    // Also without pending operations: an interrupted plugin reports a failure for an object that it may have created.
    noteTakeOver(target.checkout, target.stack);
    if (pending.length > 0) {
      await importState(target, state);
      print(`state: cleared the pending operations of an interrupted run: ${pending.join(", ")}`);
    }
    await removeUnknown(state, target.stack, print);
  }
  await removeHelpers(print);
  forgetRuns(Object.keys(unfinishedRuns(target.checkout, target.stack)));
};
