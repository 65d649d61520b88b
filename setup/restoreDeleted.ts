import { setTimeout as sleep } from "node:timers/promises";
import { withoutObjects } from "../lib/deletedObjects";
import { type DeletedSteps, deletedSteps } from "../lib/deletedSteps";
import { type Deletions, deletionLines, describeObject } from "../lib/deletionText";
import { findDeletions } from "./findDeleted";
import type { Print } from "./progress";
import type { Target } from "./pulumi";
import { type ExportedState, exportState, importState } from "./state";

/** Time for deletions in progress to end; finalizers of machines drain nodes. */
const patienceMs = 10 * 60_000;

const options = (flag: string, urns: Iterable<string>): string[] => [...urns].flatMap((urn) => [flag, urn]);

const resourcesOf = (state: ExportedState | undefined) => state?.deployment.resources ?? [];

const look = async (
  target: Target,
  print: Print,
): Promise<{ state: ExportedState; deletions: Deletions } | undefined> => {
  const state = await exportState(target);
  if (state === undefined) return undefined;
  const deletions = await findDeletions(target, resourcesOf(state));
  for (const line of deletionLines(deletions)) print(line);
  return { state, deletions };
};

/** Whether Pulumi is to look at a part of the stack only. */
const isPartial = (args: readonly string[]): boolean =>
  args.some((arg) => /^(-t|--target.*|--exclude.*|--replace.*)$/.test(arg));

/** Options for a preview, and how to read what the preview shows. */
export interface DeletionPreview {
  args: string[];
  deleted?: DeletedSteps;
}

/** For a preview: deleted objects show as replaced, because the state still has them. Changes nothing. */
export const showDeleted = async (target: Target, print: Print, args: readonly string[]): Promise<DeletionPreview> => {
  const found = isPartial(args) ? undefined : await look(target, print);
  if (found === undefined) return { args: [] };
  const { state, deletions } = found;
  const deleted = deletedSteps(resourcesOf(state), deletions);
  const identities = deletions.clusters.map(({ identityUrn }) => identityUrn);
  return { args: options("--replace", [...identities, ...deleted.repeated]), deleted };
};

/** Waits until the deletions in progress have ended, but for those of lost clusters: the engine waits for these. */
const awaitDeletions = async (
  target: Target,
  state: ExportedState,
  found: Deletions,
  print: Print,
): Promise<Deletions> => {
  let deletions = found;
  for (const deadline = Date.now() + patienceMs; ; await sleep(1000)) {
    const [first, ...others] = deletions.objects.filter(({ isTerminating }) => isTerminating);
    if (first === undefined) return deletions;
    if (deletions === found) print(`waiting until ${[first, ...others].map(describeObject).join(", ")} is deleted`);
    if (Date.now() > deadline) {
      throw new Error(
        `${describeObject(first)} in cluster ${first.cluster}: expected its deletion to end within 10 minutes, ` +
          "got an object that still exists. Look at its finalizers, then call make up again.",
      );
    }
    deletions = await findDeletions(target, resourcesOf(state));
  }
};

/**
 * For an `up`: removes deleted objects from the state, so that Pulumi creates them again.
 *
 * @returns options that have Pulumi replace the clusters that a deletion destroyed
 * @throws if a deletion in progress does not end
 */
export const restoreDeleted = async (target: Target, print: Print, args: readonly string[]): Promise<string[]> => {
  const found = isPartial(args) ? undefined : await look(target, print);
  if (found === undefined) return [];
  const { state } = found;
  const deletions = await awaitDeletions(target, state, found.deletions, print);
  if (deletions.objects.length > 0) {
    const resources = withoutObjects(
      resourcesOf(state),
      deletions.objects.map(({ urn }) => urn),
    );
    await importState(target, { ...state, deployment: { ...state.deployment, resources } });
  }
  const identities = deletions.clusters.map(({ identityUrn }) => identityUrn);
  return options("--replace", identities);
};

/** For a refresh: options that leave out what belongs to lost clusters, because nothing can be read there. */
export const excludeLostClusters = async (target: Target, print: Print, args: readonly string[]): Promise<string[]> => {
  const found = isPartial(args) ? undefined : await look(target, print);
  const urns = (found?.deletions.clusters ?? []).flatMap((cluster) => cluster.urns);
  return options("--exclude", urns);
};
