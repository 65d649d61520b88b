import { setTimeout as sleep } from "node:timers/promises";
import { kubeconfigFile } from "../../lib/base/paths";
import { autoscaledVariable } from "../../lib/base/autoscaler";
import { nameOf } from "../../lib/base/urn";
import type { DeletedObject, RecordedResource } from "../../lib/plan/deletedObjects";
import { type DeletedSteps, deletedSteps } from "../../lib/plan/deletedSteps";
import { type Deletions, deletionLines, describeObject } from "../../lib/plan/deletionText";
import { type ForeignFindings, withoutChangedFields } from "../../lib/plan/foreignChanges";
import { withoutObjects } from "../../lib/plan/forgetDeleted";
import { createExec } from "../../system/exec";
import type { Target } from "../pulumi/run";
import { type ExportedState, exportState, importState } from "../pulumi/state";
import type { Print } from "../toolchain/build/progress";
import { findDeletions, type LastAnswers } from "./findDeleted";

/** Milliseconds for deletions in progress; finalizers of machines drain nodes. */
const timeoutMs = 10 * 60_000;

/** Milliseconds for deletions in progress if an `up` can do other work meanwhile. */
const shortTimeoutMs = 30_000;

const options = (flag: string, urns: Iterable<string>): string[] => [...urns].flatMap((urn) => [flag, urn]);

const resourcesOf = (state: ExportedState | undefined) => state?.deployment.resources ?? [];

/** Returns true if the user limits Pulumi to a part of the stack. */
const isPartial = (args: readonly string[]): boolean =>
  args.some((arg) => /^(-[tx]|--target|--exclude|--replace)/.test(arg));

const inspectDeletions = async (
  target: Target,
  print: Print,
  args: readonly string[],
  read = exportState,
  search = findDeletions,
): Promise<{ state: ExportedState; deletions: Deletions; answers: LastAnswers } | undefined> => {
  const state = await read(target);
  if (state === undefined) return undefined;
  const answers: LastAnswers = new Map();
  const all = await search(target, resourcesOf(state), undefined, answers);
  const deletions = isPartial(args) ? withoutDeletions(all) : all;
  for (const line of deletionLines(deletions)) print(line);
  return { state, deletions, answers };
};

/** Returns what a run of a part of the stack does: it restores no objects, and it sets changed fields back. */
const withoutDeletions = ({ foreign }: Deletions): Deletions => ({
  ...{ clusters: [], objects: [], secrets: [] },
  ...(foreign ? { foreign } : {}),
});

const noForeign: ForeignFindings = { changes: [], autoscaled: [], isContested: false };

/**
 * Returns the variables with which Pulumi's Kubernetes plugin sets foreign changes back. Without force, the API server
 * refuses a change of a field that another program owns. In a management cluster of others, force is used only for
 * objects with such a field, because the source route's plugin would take over an object that it should create.
 */
export const foreignVariables = (
  resources: readonly RecordedResource[],
  foreign: ForeignFindings = noForeign,
): Record<string, string> => {
  const { changes, autoscaled, isContested } = foreign;
  const isOwnCluster = resources.some(({ type }) => type === "kind:index:KindCluster");
  const hasKind = (kind: string): boolean => changes.some(({ object }) => object.kind === kind);
  return {
    ...(isOwnCluster || isContested ? { PULUMI_K8S_ENABLE_PATCH_FORCE: "true" } : {}),
    // The plugin would replace the object, and its pods would miss the object for a moment.
    ...(hasKind("ConfigMap") ? { PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE: "true" } : {}),
    ...(hasKind("Secret") ? { PULUMI_K8S_ENABLE_SECRET_MUTABLE: "true" } : {}),
    ...(autoscaled.length > 0 ? { [autoscaledVariable]: autoscaled.map(nameOf).join(",") } : {}),
  };
};

/** Options for a preview, and the deletions that explain its steps. */
export interface DeletionPreview {
  args: string[];
  /** Environment of Pulumi, in addition to that of its target. */
  variables: Record<string, string>;
  deleted?: { deletions: Deletions; steps: DeletedSteps };
}

/** Returns options that make a preview show deleted objects as replaced. The state does not change. */
export const showDeleted = async (target: Target, print: Print, args: readonly string[]): Promise<DeletionPreview> => {
  const inspection = await inspectDeletions(target, print, args);
  if (inspection === undefined) return { args: [], variables: {} };
  const { state, deletions } = inspection;
  const steps = deletedSteps(resourcesOf(state), deletions);
  const variables = foreignVariables(resourcesOf(state), deletions.foreign);
  const identities = deletions.clusters.map(({ identityUrn }) => identityUrn);
  return { args: options("--replace", [...identities, ...steps.repeated]), variables, deleted: { deletions, steps } };
};

const isPending = ({ isTerminating }: DeletedObject): boolean => isTerminating;

/** Waits until no object is being deleted, or the time is over. The engine itself waits for lost clusters. */
const awaitDeletions = async (
  target: Target,
  { state, deletions: initial, answers }: { state: ExportedState; deletions: Deletions; answers: LastAnswers },
  print: Print,
  search: typeof findDeletions,
): Promise<Deletions> => {
  // Finalizers may need a controller that was deleted too, which only this `up` brings back.
  const isBlocked = initial.clusters.length > 0 || !initial.objects.every(isPending);
  const deadline = Date.now() + (isBlocked ? shortTimeoutMs : timeoutMs);
  let deletions = initial;
  if (initial.objects.some(isPending))
    print(`waiting until ${initial.objects.filter(isPending).map(describeObject).join(", ")} is deleted`);
  while (deletions.objects.some(isPending) && Date.now() < deadline) {
    await sleep(1000);
    // A cluster that stops answering keeps its last answer, because silence does not prove the end of a deletion.
    deletions = await search(target, resourcesOf(state), undefined, answers);
  }
  const [first] = deletions.objects.filter(isPending);
  if (first === undefined || isBlocked) return deletions;
  throw new Error(
    `${describeObject(first)} in cluster ${first.cluster}: expected its deletion to end within 10 minutes, ` +
      "got an object that existed at the cluster's last answer. " +
      "Repair what its finalizers wait for, or a cluster that does not answer, then run the command again.",
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
  /** Environment of Pulumi, in addition to that of its target. */
  variables: Record<string, string>;
  /** True if a second `up` is necessary for objects that are still being deleted. */
  isIncomplete: boolean;
}

/**
 * Removes deleted objects from the state, so that an `up` creates the objects again.
 *
 * @param read returns the state; default: exports it
 * @param search finds the deleted objects; default: asks the clusters
 * @throws if a deletion in progress does not end
 */
export const restoreDeleted = async (
  target: Target,
  print: Print,
  args: readonly string[],
  read = exportState,
  search = findDeletions,
): Promise<Restoration> => {
  const inspection = await inspectDeletions(target, print, args, read, search);
  if (inspection === undefined) return { args: [], variables: {}, isIncomplete: false };
  const { state } = inspection;
  const [deletions] = await Promise.all([
    awaitDeletions(target, inspection, print, search),
    restoreSecrets(target, inspection.deletions),
  ]);
  const { changes } = deletions.foreign ?? noForeign;
  const creatable = deletions.objects.filter((object) => !isPending(object));
  const isIncomplete = deletions.objects.some(isPending);
  if (creatable.length > 0 || changes.length > 0) {
    const kept = withoutObjects(
      resourcesOf(state),
      creatable.map(({ urn }) => urn),
      isIncomplete,
    );
    const resources = withoutChangedFields(kept, changes);
    await importState(target, { ...state, deployment: { ...state.deployment, resources } });
  }
  const identities = deletions.clusters.map(({ identityUrn }) => identityUrn);
  const variables = foreignVariables(resourcesOf(state), deletions.foreign);
  return { args: options("--replace", identities), variables, isIncomplete };
};

/** Returns options that exclude lost clusters from a refresh, because their objects cannot be read. */
export const excludeLostClusters = async (target: Target, print: Print, args: readonly string[]): Promise<string[]> => {
  const inspection = isPartial(args) ? undefined : await inspectDeletions(target, print, args);
  const urns = (inspection?.deletions.clusters ?? []).flatMap((cluster) => cluster.urns);
  return options("--exclude", urns);
};
