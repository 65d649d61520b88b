import { partsOf } from "./planStep";

/** A resource of Pulumi's state, with the fields that the search for deleted objects reads. */
export interface RecordedResource {
  urn: string;
  type: string;
  /** Whether Pulumi only reads the object, which somebody else creates. */
  external?: boolean;
  /** Whether the object is the rest of a replacement and is to be deleted. */
  delete?: boolean;
  /** URN of the provider, `::`, and the provider's id. */
  provider?: string;
  parent?: string;
  deletedWith?: string;
  dependencies?: string[];
  propertyDependencies?: Record<string, string[] | null>;
  inputs?: Record<string, unknown>;
}

/** The place of an object in a cluster. */
export interface ObjectReference {
  apiVersion: string;
  kind: string;
  /** Absent for an object without a namespace. */
  namespace?: string;
  name: string;
}

/** An object that the stack created, and the resource that stands for the object in the state. */
export interface RecordedObject extends ObjectReference {
  urn: string;
}

/** An object that the stack created and that its cluster no longer has. */
export interface DeletedObject extends RecordedObject {
  /** Name of the cluster's Kubernetes provider and of its kubeconfig file. */
  cluster: string;
  /** Whether the deletion is still in progress. */
  isTerminating: boolean;
}

/** A workload cluster that cannot go on because somebody deleted an object that everything else hangs on. */
export interface LostCluster {
  name: string;
  namespace: string;
  /** The deleted objects: the Cluster, its control plane or its infrastructure object. */
  objects: DeletedObject[];
  /** The resource whose replacement creates the cluster again. */
  identityUrn: string;
  /** The Cluster, what is deleted with the Cluster, and what Pulumi reads of the cluster. */
  urns: string[];
}

interface Metadata {
  name?: unknown;
  namespace?: unknown;
}

const clusterType = /^kubernetes:cluster\.x-k8s\.io\/\w+:Cluster$/;

const stringOr = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

const valueAt = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[key] : undefined),
    value,
  );

/** Whether Kubernetes itself deletes the object after a time: the absence of such an object says nothing. */
const expires = (inputs: Record<string, unknown>): boolean =>
  valueAt(inputs, "spec", "ttlSecondsAfterFinished") !== undefined ||
  inputs["type"] === "bootstrap.kubernetes.io/token";

const objectOf = ({ urn, inputs = {} }: RecordedResource): RecordedObject[] => {
  const { name, namespace } = (inputs["metadata"] ?? {}) as Metadata;
  const [apiVersion, kind] = [stringOr(inputs["apiVersion"]), stringOr(inputs["kind"])];
  if (apiVersion === undefined || kind === undefined || typeof name !== "string" || expires(inputs)) return [];
  return [{ urn, apiVersion, kind, name, ...(typeof namespace === "string" ? { namespace } : {}) }];
};

/** The CRDs of a manifest, which one step applies: each line of its standard input begins with the name of a CRD. */
const crdsOf = ({ urn, inputs = {} }: RecordedResource): RecordedObject[] =>
  (stringOr(inputs["stdin"]) ?? "").split("\n").flatMap((line) => {
    const name = line.split(" ")[0];
    return name ? [{ urn, apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", name }] : [];
  });

const providerName = (provider: string): string => partsOf(provider).name.split("::")[0] ?? "";

const kubeconfigCluster = (inputs: Record<string, unknown> | undefined): string | undefined =>
  stringOr(valueAt(inputs, "environment", "KUBECONFIG"))?.replace(/^.*\/|\.yaml$/g, "");

/** The objects that a state says to exist, by the name of their cluster. */
export const recordedObjects = (resources: readonly RecordedResource[]): ReadonlyMap<string, RecordedObject[]> => {
  const found = new Map<string, RecordedObject[]>();
  const add = (cluster: string | undefined, objects: RecordedObject[]): void => {
    if (cluster && objects.length > 0) found.set(cluster, [...(found.get(cluster) ?? []), ...objects]);
  };
  for (const resource of resources) {
    if (resource.external || resource.delete) continue;
    if (resource.type.startsWith("kubernetes:")) add(providerName(resource.provider ?? ""), objectOf(resource));
    else if (resource.inputs?.["create"] === "steps/crds-apply")
      add(kubeconfigCluster(resource.inputs), crdsOf(resource));
  }
  return found;
};

const isReferenced = (reference: unknown, namespace: string, object: ObjectReference): boolean =>
  valueAt(reference, "kind") === object.kind &&
  valueAt(reference, "name") === object.name &&
  namespace === (object.namespace ?? "default");

/** Finds the workload clusters that a deletion destroyed, whether the deletion is finished or not. */
export const findLostClusters = (
  resources: readonly RecordedResource[],
  deleted: readonly DeletedObject[],
): LostCluster[] =>
  resources
    .filter((resource) => clusterType.test(resource.type) && !resource.delete)
    .flatMap((cluster) => {
      const { name, namespace = "default" } = (cluster.inputs?.["metadata"] ?? {}) as Record<string, string>;
      const spec = cluster.inputs?.["spec"];
      const objects = deleted.filter(
        (object) =>
          object.urn === cluster.urn ||
          isReferenced(valueAt(spec, "controlPlaneRef"), namespace, object) ||
          isReferenced(valueAt(spec, "infrastructureRef"), namespace, object),
      );
      const inComponent = resources.filter(({ parent }) => parent !== undefined && parent === cluster.parent);
      const identity = inComponent.find(({ urn }) => urn.endsWith("-identity"));
      if (objects.length === 0 || identity === undefined || name === undefined) return [];
      const contents = resources.filter(({ deletedWith }) => deletedWith === cluster.urn);
      const reads = inComponent.filter(({ external }) => external);
      const urns = [...new Set([cluster, ...contents, ...reads].map(({ urn }) => urn))];
      return [{ name, namespace, objects, identityUrn: identity.urn, urns }];
    });

/** Steps that only wait: a second run changes nothing. */
const waitingStep = /^steps\/(wait-for-(webhooks|nodes|management-node)|http-request)$/;

const isWait = ({ inputs = {} }: RecordedResource): boolean =>
  waitingStep.test(stringOr(inputs["create"]) ?? "") && inputs["delete"] === undefined;

/**
 * The resources that `up` has to create again: those of the deleted objects, and the waits that directly depend on them.
 * A wait that depends on a repeated wait is repeated too.
 */
export const resourcesToForget = (
  resources: readonly RecordedResource[],
  deleted: readonly string[],
): ReadonlySet<string> => {
  const forgotten = new Set(deleted);
  // The state lists each resource after its dependencies.
  for (const resource of resources) {
    if (isWait(resource) && (resource.dependencies ?? []).some((urn) => forgotten.has(urn)))
      forgotten.add(resource.urn);
  }
  return forgotten;
};

/**
 * Removes the resources of deleted objects from a state, with all references to them, so that the next `up` creates the
 * objects again.
 *
 * @param deleted URNs; those of lost clusters do not belong here
 */
export const withoutObjects = <T extends RecordedResource>(
  resources: readonly T[],
  deleted: readonly string[],
): T[] => {
  const forgotten = resourcesToForget(resources, deleted);
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
