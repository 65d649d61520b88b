import type { RecordedResource } from "./deletedObjects";

/** Steps that only wait. They are safe to repeat. */
const waitingStep = /^steps\/(wait-for-(webhooks|nodes|management-node)|http-request)$/;

/** Waiting steps that need all of a cluster's machines. */
const machineStep = /^steps\/(wait-for-nodes|http-request)$/;

const createStep = ({ inputs = {} }: RecordedResource): string =>
  inputs["delete"] === undefined ? (typeof inputs["create"] === "string" ? inputs["create"] : "") : "";

/**
 * Returns the resources that `up` has to create again: those of the deleted objects, and the waits that depend on them.
 *
 * @param isIncomplete - true while other objects are being deleted, so that machines may be missing; default: false
 */
export const resourcesToForget = (
  resources: readonly RecordedResource[],
  deleted: readonly string[],
  isIncomplete = false,
): ReadonlySet<string> => {
  const forgotten = new Set(deleted);
  const affected = new Set(deleted);
  // The state lists each resource after its dependencies.
  for (const resource of resources) {
    if (!(resource.dependencies ?? []).some((urn) => affected.has(urn))) continue;
    affected.add(resource.urn);
    const step = createStep(resource);
    if (waitingStep.test(step) && !(isIncomplete && machineStep.test(step))) forgotten.add(resource.urn);
  }
  return forgotten;
};

/**
 * Removes the resources of deleted objects from a state, with all references to them, so that the next `up` creates the
 * objects again.
 *
 * @param deleted - URNs of the deleted objects, without those of lost clusters
 * @param isIncomplete - as in `resourcesToForget`
 */
export const withoutObjects = <T extends RecordedResource>(
  resources: readonly T[],
  deleted: readonly string[],
  isIncomplete = false,
): T[] => {
  const forgotten = resourcesToForget(resources, deleted, isIncomplete);
  const kept = (urns: string[]): string[] => urns.filter((urn) => !forgotten.has(urn));
  return resources
    .filter(({ urn }) => !forgotten.has(urn))
    .map((resource) => ({
      ...resource,
      ...(resource.dependencies ? { dependencies: kept(resource.dependencies) } : {}),
      ...(resource.propertyDependencies
        ? {
            propertyDependencies: Object.fromEntries(
              Object.entries(resource.propertyDependencies).map(([key, urns]) => [key, urns && kept(urns)]),
            ),
          }
        : {}),
    }));
};
