import type { RecordedResource } from "./deletedObjects";
import { type Deletions, describeLoss, describeObject } from "./deletionText";
import { resourcesToForget } from "./forgetDeleted";
import type { PlanStep, PartPlan } from "./step";

/** The resources that a preview shows as replaced because of deletions. */
export interface DeletedSteps {
  /** URNs of deleted objects, and of waits that run again for them. */
  repeated: ReadonlySet<string>;
  /** Reason for the replacement of a resource, by its URN. */
  reasons: ReadonlyMap<string, string>;
}

/** Finds the resources that a preview has to replace because of deletions, except for those of lost clusters. */
export const deletedSteps = (
  resources: readonly RecordedResource[],
  { clusters, objects }: Deletions,
): DeletedSteps => ({
  repeated: resourcesToForget(
    resources,
    objects.map(({ urn }) => urn),
  ),
  reasons: new Map([
    ...clusters.map((cluster) => [cluster.identityUrn, describeLoss(cluster)] as const),
    ...[...new Set(objects.map(({ urn }) => urn))].map((urn) => {
      const names = objects.filter((object) => object.urn === urn).map(describeObject);
      return [urn, `${names.join(", ")} was deleted and is created again`] as const;
    }),
  ]),
});

/** Returns the steps as `up` runs them: it creates a deleted object, which the preview shows as replaced. */
export const withDeletedSteps = (
  steps: readonly PlanStep[],
  { repeated, reasons }: DeletedSteps,
): readonly PlanStep[] => {
  const seen = new Set<string>();
  return steps.flatMap((step) => {
    if (!repeated.has(step.urn)) return [step];
    // A replacement has several steps.
    if (seen.has(step.urn)) return [];
    seen.add(step.urn);
    return [{ ...step, op: reasons.has(step.urn) ? "create" : "same" }];
  });
};

/** Returns a plan with only the deletions, for a preview that fails because deleted webhooks do not answer. */
export const deletionParts = ({ clusters, objects }: Deletions): PartPlan[] => [
  ...clusters.map((cluster) => ({
    part: `cluster ${cluster.name}`,
    change: "replaced" as const,
    reasons: [describeLoss(cluster)],
    lost: [`everything in cluster ${cluster.namespace}/${cluster.name}, volumes and Secrets included`],
  })),
  ...[...new Set(objects.map(({ cluster }) => cluster))].map((cluster) => ({
    part: `objects in cluster ${cluster}`,
    change: "in place" as const,
    reasons: objects
      .filter((object) => object.cluster === cluster)
      .map((object) => `${describeObject(object)} was deleted and is created again`),
    lost: [],
  })),
];
