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

/** Milliseconds for deletions in progress; finalizers of machines drain nodes. */
const timeoutMs = 10 * 60_000;

/** Milliseconds for deletions in progress if an `up` can do other work meanwhile. */
const shortTimeoutMs = 30_000;

const options = (flag: string, urns: Iterable<string>): string[] => [...urns].flatMap((urn) => [flag, urn]);

const resourcesOf = (state: ExportedState | undefined) => state?.deployment.resources ?? [];

const inspectDeletions = async (
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

/** Returns true if the user limits Pulumi to a part of the stack. */
const isPartial = (args: readonly string[]): boolean =>
  args.some((arg) => /^(-[tx]|--target|--exclude|--replace)/.test(arg));

/** Options for a preview, and the deletions that explain its steps. */
export interface DeletionPreview {
  args: string[];
  deleted?: { deletions: Deletions; steps: DeletedSteps };
}

/** Returns options that make a preview show deleted objects as replaced. The state does not change. */
export const showDeleted = async (target: Target, print: Print, args: readonly string[]): Promise<DeletionPreview> => {
  const inspection = isPartial(args) ? undefined : await inspectDeletions(target, print);
  if (inspection === undefined) return { args: [] };
  const { state, deletions } = inspection;
  const steps = deletedSteps(resourcesOf(state), deletions);
  const identities = deletions.clusters.map(({ identityUrn }) => identityUrn);
  return { args: options("--replace", [...identities, ...steps.repeated]), deleted: { deletions, steps } };
};

const isPending = ({ isTerminating }: DeletedObject): boolean => isTerminating;

/** Waits until no object is being deleted, or the time is over. The engine itself waits for lost clusters. */
const awaitDeletions = async (
  target: Target,
  state: ExportedState,
  initial: Deletions,
  print: Print,
): Promise<Deletions> => {
  // Finalizers may need a controller that was deleted too, which only this `up` brings back.
  const isBlocked = initial.clusters.length > 0 || !initial.objects.every(isPending);
  const deadline = Date.now() + (isBlocked ? shortTimeoutMs : timeoutMs);
  let deletions = initial;
  if (initial.objects.some(isPending))
    print(`waiting until ${initial.objects.filter(isPending).map(describeObject).join(", ")} is deleted`);
  while (deletions.objects.some(isPending) && Date.now() < deadline) {
    await sleep(1000);
    deletions = await findDeletions(target, resourcesOf(state));
  }
  const [first] = deletions.objects.filter(isPending);
  if (first === undefined || isBlocked) return deletions;
  throw new Error(
    `${describeObject(first)} in cluster ${first.cluster}: expected its deletion to end within 10 minutes, ` +
      "got an object that still exists. Repair what its finalizers wait for, then run the command again.",
  );
};

/** Makes controllers recreate deleted Secrets at once. Without a change of their object, they need up to ten minutes. */
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
      // A Secret that is still missing is not an error: the program then uses the saved kubeconfig.
      await kubectl("wait", "--for=create", `secret/${secret.name}`, "--timeout=30s");
    }),
  );
};

/** Result of the work on deletions before an `up`. */
export interface Restoration {
  /** Options that make Pulumi replace lost clusters. */
  args: string[];
  /** True if a second `up` is necessary for objects that are still being deleted. */
  isIncomplete: boolean;
}

/**
 * Removes deleted objects from the state, so that an `up` creates the objects again.
 *
 * @param read returns the state; default: exports it
 * @throws if a deletion in progress does not end
 */
export const restoreDeleted = async (
  target: Target,
  print: Print,
  args: readonly string[],
  read = exportState,
): Promise<Restoration> => {
  const inspection = isPartial(args) ? undefined : await inspectDeletions(target, print, read);
  if (inspection === undefined) return { args: [], isIncomplete: false };
  const { state } = inspection;
  const [deletions] = await Promise.all([
    awaitDeletions(target, state, inspection.deletions, print),
    restoreSecrets(target, inspection.deletions),
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

/** Returns options that exclude lost clusters from a refresh, because their objects cannot be read. */
export const excludeLostClusters = async (target: Target, print: Print, args: readonly string[]): Promise<string[]> => {
  const inspection = isPartial(args) ? undefined : await inspectDeletions(target, print);
  const urns = (inspection?.deletions.clusters ?? []).flatMap((cluster) => cluster.urns);
  return options("--exclude", urns);
};
