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
 * Networks and containers that carry the stack's label and that its state does not know: made in the moment before a
 * run was killed, and in the way of the next one, since their names can exist once only. A network in use stays.
 */
export const removeUnknown = async (
  { deployment }: ExportedState,
  stack: string,
  print: Print,
  ask: Docker = docker,
): Promise<void> => {
  const known = (deployment.resources ?? []).flatMap(({ id }) => id ?? []);
  const isUnknown = ({ id, owner }: { id: string; owner: string }): boolean =>
    owner === ownerOf(stack) && !known.includes(id);
  for (const { id } of (await listContainers(ask, `label=${ownerLabel}`)).filter(isUnknown)) {
    await ask("rm", "--force", "--volumes", id);
    print(`removed container ${id.slice(0, 12)}, which an interrupted run made and did not record`);
  }
  for (const { id } of (await listNetworks(ask)).filter(isUnknown)) {
    const users = await listContainers(ask, `network=${id}`);
    if (users.length > 0) continue;
    await ask("network", "rm", id);
    print(`removed network ${id.slice(0, 12)}, which an interrupted run made and did not record`);
  }
};

/** Removes the containers in which runs that are gone were making an image. */
export const removeHelpers = async (print: Print, ask: Docker = docker): Promise<void> => {
  for (const { id } of (await listContainers(ask, `label=${runLabel}`)).filter(({ run }) => isAbandoned(run))) {
    await ask("rm", "--force", "--volumes", id);
    print(`removed container ${id.slice(0, 12)}, in which an interrupted run was making an image`);
  }
};

/** Ends what runs of this stack that were killed left running, and takes their temporary files away. */
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
 * Makes a state that a killed run left fit for the next: no operation under way, nothing of ours that it does not know.
 *
 * @param mend what becomes of the operations: they are dropped before an `up`, counted as done before a `destroy`
 */
export const repairState = async (target: Target, print: Print, mend: StateRepair): Promise<void> => {
  const found = await exportState(target);
  if (found) {
    const { state, pending } = mend(found);
    // Also where nothing is under way: a plugin that was interrupted reports a failure, of an object that it may have made.
    noteTakeOver(target.checkout, target.stack);
    if (pending.length > 0) {
      await importState(target, state);
      print(`state: what was under way when a run was interrupted is looked after: ${pending.join(", ")}`);
    }
    await removeUnknown(state, target.stack, print);
  }
  await removeHelpers(print);
  forgetRuns(Object.keys(unfinishedRuns(target.checkout, target.stack)));
};
