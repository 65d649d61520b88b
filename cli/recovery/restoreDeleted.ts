import { setTimeout as sleep } from "node:timers/promises";
import { kubeconfigFile } from "../../lib/base/paths";
import type { DeletedObject } from "../../lib/plan/deletedObjects";
import { type DeletedSteps, deletedSteps } from "../../lib/plan/deletedSteps";
import { type Deletions, deletionLines, describeObject } from "../../lib/plan/deletionText";
import { withoutObjects } from "../../lib/plan/forgetDeleted";
import { createExec } from "../../system/exec";
import type { Target } from "../pulumi/run";
import { type ExportedState, exportState, importState } from "../pulumi/state";
import type { Print } from "../toolchain/build/progress";
import { findDeletions } from "./findDeleted";

/** Time for deletions in progress to end; finalizers of machines drain nodes. */
const patienceMs = 10 * 60_000;

/** Time for deletions in progress if an `up` can do other work meanwhile. */
const shortPatienceMs = 30_000;

const options = (flag: string, urns: Iterable<string>): string[] => [...urns].flatMap((urn) => [flag, urn]);

const resourcesOf = (state: ExportedState | undefined) => state?.deployment.resources ?? [];

const look = async (
  target: Target,
  print: Print,
  read = exportState,
): Promise<{ state: ExportedState; deletions: Deletions } | undefined> => {
  const state = await read(target);
  if (state === undefined) return undefined;
  const deletions = await findDeletions(target, resourcesOf(state));
  for (const line of deletionLines(deletions)) print(line);
  return { state, deletions };
};

/** Whether Pulumi is to look at a part of the stack only. */
const isPartial = (args: readonly string[]): boolean =>
  args.some((arg) => /^(-[tx]|--target|--exclude|--replace)/.test(arg));

/** Options for a preview, and how to read what the preview shows. */
export interface DeletionPreview {
  args: string[];
  deleted?: { deletions: Deletions; steps: DeletedSteps };
}

/** For a preview: deleted objects show as replaced, because the state still has them. Changes nothing. */
export const showDeleted = async (target: Target, print: Print, args: readonly string[]): Promise<DeletionPreview> => {
  const found = isPartial(args) ? undefined : await look(target, print);
  if (found === undefined) return { args: [] };
  const { state, deletions } = found;
  const steps = deletedSteps(resourcesOf(state), deletions);
  const identities = deletions.clusters.map(({ identityUrn }) => identityUrn);
  return { args: options("--replace", [...identities, ...steps.repeated]), deleted: { deletions, steps } };
};

const isPending = ({ isTerminating }: DeletedObject): boolean => isTerminating;

/** Waits until no object is being deleted any more, or the time is over. The engine itself waits for lost clusters. */
const awaitDeletions = async (
  target: Target,
  state: ExportedState,
  found: Deletions,
  print: Print,
): Promise<Deletions> => {
  // Finalizers may need a controller that was deleted too, which only this `up` brings back.
  const isBlocked = found.clusters.length > 0 || !found.objects.every(isPending);
  const deadline = Date.now() + (isBlocked ? shortPatienceMs : patienceMs);
  let deletions = found;
  if (found.objects.some(isPending))
    print(`waiting until ${found.objects.filter(isPending).map(describeObject).join(", ")} is deleted`);
  while (deletions.objects.some(isPending) && Date.now() < deadline) {
    await sleep(1000);
    deletions = await findDeletions(target, resourcesOf(state));
  }
  const [first] = deletions.objects.filter(isPending);
  if (first === undefined || isBlocked) return deletions;
  throw new Error(
    `${describeObject(first)} in cluster ${first.cluster}: expected its deletion to end within 10 minutes, ` +
      "got an object that still exists. Look at its finalizers, then call make up again.",
  );
};

/** Has controllers write deleted Secrets again: without a change of their object they do so within ten minutes only. */
const restoreSecrets = async (target: Target, { secrets }: Deletions): Promise<void> => {
  const exec = createExec(target.checkout, target.variables, 40);
  await Promise.all(
    secrets.map(async ({ secret, controlPlane: { apiVersion, kind, name } }) => {
      const kubectl = (...args: string[]) => {
        const where = ["--kubeconfig", kubeconfigFile(target.stack, secret.cluster)];
        return exec("kubectl", ...where, "--namespace", secret.namespace ?? "default", ...args);
      };
      const controlPlane = `${kind.toLowerCase()}.${apiVersion.split("/")[0]}/${name}`;
      await kubectl("annotate", "--overwrite", controlPlane, `dev.slipway/look-again=${Date.now()}`);
      // A Secret that does not come back in time is no obstacle: the program then uses the saved kubeconfig.
      await kubectl("wait", "--for=create", `secret/${secret.name}`, "--timeout=30s");
    }),
  );
};

/** What an `up` does about deletions. */
export interface Restoration {
  /** Options that have Pulumi replace the clusters that a deletion destroyed. */
  args: string[];
  /** Whether objects that are still being deleted need another `up` after this one. */
  isIncomplete: boolean;
}

/**
 * For an `up`: removes deleted objects from the state, so that Pulumi creates them again.
 *
 * @param read gives the state; default: exports it
 * @throws if a deletion in progress does not end
 */
export const restoreDeleted = async (
  target: Target,
  print: Print,
  args: readonly string[],
  read = exportState,
): Promise<Restoration> => {
  const found = isPartial(args) ? undefined : await look(target, print, read);
  if (found === undefined) return { args: [], isIncomplete: false };
  const { state } = found;
  const [deletions] = await Promise.all([
    awaitDeletions(target, state, found.deletions, print),
    restoreSecrets(target, found.deletions),
  ]);
  const creatable = deletions.objects.filter((object) => !isPending(object));
  const isIncomplete = deletions.objects.some(isPending);
  if (creatable.length > 0) {
    const resources = withoutObjects(
      resourcesOf(state),
      creatable.map(({ urn }) => urn),
      isIncomplete,
    );
    await importState(target, { ...state, deployment: { ...state.deployment, resources } });
  }
  const identities = deletions.clusters.map(({ identityUrn }) => identityUrn);
  return { args: options("--replace", identities), isIncomplete };
};

/** For a refresh: options that leave out what belongs to lost clusters, because nothing can be read there. */
export const excludeLostClusters = async (target: Target, print: Print, args: readonly string[]): Promise<string[]> => {
  const found = isPartial(args) ? undefined : await look(target, print);
  const urns = (found?.deletions.clusters ?? []).flatMap((cluster) => cluster.urns);
  return options("--exclude", urns);
};
