import { valueAt } from "../base/json";
import { nameOf, providerUrn } from "../base/urn";

/** A resource of Pulumi's state, with the fields that the search for deleted objects reads. */
export interface RecordedResource {
  urn: string;
  type: string;
  /** `namespace/name` of an object, or only its name. */
  id?: string;
  /** Whether Pulumi only reads the object, and another program creates it. */
  external?: boolean;
  /** True for the old object of a replacement, which is still to be deleted. */
  delete?: boolean;
  /** URN of the provider, `::`, and the provider's id. */
  provider?: string;
  parent?: string;
  deletedWith?: string;
  dependencies?: string[];
  propertyDependencies?: Record<string, string[] | null>;
  inputs?: Record<string, unknown>;
}

/** Reference to an object in a cluster. */
export interface ObjectReference {
  apiVersion: string;
  kind: string;
  /** Absent for an object without a namespace. */
  namespace?: string;
  name: string;
}

/** An object that the stack created, with the URN of its resource. */
export interface RecordedObject extends ObjectReference {
  urn: string;
}

/** An object that the stack created and that no longer exists in its cluster. */
export interface DeletedObject extends RecordedObject {
  /** Name of the cluster's Kubernetes provider and of its kubeconfig file. */
  cluster: string;
  /** Whether the deletion is still in progress. */
  isTerminating: boolean;
}

/** A Secret that Pulumi reads and that the control plane's provider writes. */
export interface DeletedSecret {
  secret: DeletedObject;
  /** The object whose controller writes the Secret again. */
  controlPlane: ObjectReference;
}

/** A workload cluster that cannot recover, because somebody deleted an object on which everything else depends. */
export interface LostCluster {
  name: string;
  namespace: string;
  /** The deleted objects: the Cluster, its control plane or its infrastructure object. */
  objects: DeletedObject[];
  /** The resource whose replacement creates the cluster again. */
  identityUrn: string;
  /** The Cluster, the resources that are deleted with it, and the values that Pulumi reads from the cluster. */
  urns: string[];
}

interface Metadata {
  name?: unknown;
  namespace?: unknown;
}

/** Returns true for the type of Cluster API's Cluster, in any version. */
export const isClusterType = (type: string): boolean => /^kubernetes:cluster\.x-k8s\.io\/\w+:Cluster$/.test(type);

const stringOr = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** Returns true for an object that Kubernetes deletes after a time. Its absence is normal. */
const expires = (inputs: Record<string, unknown>): boolean =>
  valueAt(inputs, "spec", "ttlSecondsAfterFinished") !== undefined ||
  inputs["type"] === "bootstrap.kubernetes.io/token";

const objectOf = ({ urn, inputs = {} }: RecordedResource): RecordedObject[] => {
  const { name, namespace } = (inputs["metadata"] ?? {}) as Metadata;
  const [apiVersion, kind] = [stringOr(inputs["apiVersion"]), stringOr(inputs["kind"])];
  if (apiVersion === undefined || kind === undefined || typeof name !== "string" || expires(inputs)) return [];
  return [{ urn, apiVersion, kind, name, ...(typeof namespace === "string" ? { namespace } : {}) }];
};

/** Returns the object of a resource that Pulumi only reads. The resource has no inputs, only type and id. */
const readObjectOf = ({ urn, type, id = "" }: RecordedResource): RecordedObject[] => {
  const [, groupVersion = "", kind = ""] = type.split(":");
  const [namespace, name] = id.split("/");
  if (name === undefined || namespace === undefined) return [];
  return [{ urn, apiVersion: groupVersion.replace(/^core\//, ""), kind, namespace, name }];
};

/**
 * Returns the CRDs of a manifest, which one step applies: each line of its standard input starts with the name of a
 * CRD.
 */
const crdsOf = ({ urn, inputs = {} }: RecordedResource): RecordedObject[] =>
  (stringOr(inputs["stdin"]) ?? "").split("\n").flatMap((line) => {
    const name = line.split(" ")[0];
    return name ? [{ urn, apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", name }] : [];
  });

const providerName = (provider: string): string => nameOf(providerUrn(provider));

const kubeconfigCluster = (inputs: Record<string, unknown> | undefined): string | undefined =>
  stringOr(valueAt(inputs, "environment", "KUBECONFIG"))?.replace(/^.*\/|\.yaml$/g, "");

/**
 * Returns the objects in a state, by the name of their cluster.
 *
 * @param readOnly - true for objects that Pulumi only reads, false for the stack's own objects; default: false
 */
export const recordedObjects = (
  resources: readonly RecordedResource[],
  readOnly = false,
): ReadonlyMap<string, RecordedObject[]> => {
  const objectsByCluster = new Map<string, RecordedObject[]>();
  const add = (cluster: string | undefined, objects: RecordedObject[]): void => {
    if (cluster && objects.length > 0)
      objectsByCluster.set(cluster, [...(objectsByCluster.get(cluster) ?? []), ...objects]);
  };
  for (const resource of resources) {
    if ((resource.external ?? false) !== readOnly || resource.delete) continue;
    const read = readOnly ? readObjectOf : objectOf;
    if (resource.type.startsWith("kubernetes:")) add(providerName(resource.provider ?? ""), read(resource));
    else if (resource.inputs?.["create"] === "steps/crds-apply")
      add(kubeconfigCluster(resource.inputs), crdsOf(resource));
  }
  return objectsByCluster;
};

const isReferenced = (reference: unknown, namespace: string, object: ObjectReference): boolean =>
  valueAt(reference, "kind") === object.kind &&
  valueAt(reference, "name") === object.name &&
  namespace === (object.namespace ?? "default");

/** Finds the workload clusters that a deletion destroyed, even if the deletion is still in progress. */
export const findLostClusters = (
  resources: readonly RecordedResource[],
  deleted: readonly DeletedObject[],
): LostCluster[] =>
  resources
    .filter((resource) => isClusterType(resource.type) && !resource.delete)
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

/** Finds the control planes whose controllers write deleted Secrets again. */
export const findSecretWriters = (
  resources: readonly RecordedResource[],
  secrets: readonly DeletedObject[],
): DeletedSecret[] =>
  secrets.flatMap((secret) => {
    const { parent } = resources.find(({ urn }) => urn === secret.urn) ?? {};
    const cluster = resources.find((resource) => isClusterType(resource.type) && resource.parent === parent);
    const reference = valueAt(cluster?.inputs, "spec", "controlPlaneRef");
    return resources
      .filter(({ type }) => type.startsWith("kubernetes:"))
      .flatMap(objectOf)
      .filter((object) => isReferenced(reference, secret.namespace ?? "default", object))
      .map((controlPlane) => ({ secret, controlPlane }));
  });
