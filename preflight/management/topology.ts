import { listAt, valueAt } from "../../lib/base/json";
import { classAnnotation } from "../../lib/base/labels";
import { isCluster, isClusterClass } from "../../lib/cluster/class/classObjects";
import { nodeImageVariable } from "../../lib/cluster/class/nodeImages";
import type { KubernetesObject } from "../../lib/kubernetes/object";

/** Classes and clusters of a management cluster. */
export interface LiveTopology {
  readonly classes: readonly KubernetesObject[];
  readonly clusters: readonly KubernetesObject[];
}

/** Arguments of kubectl that list classes and clusters. */
export const topologyQuery = [
  "get",
  "clusterclasses.cluster.x-k8s.io,clusters.cluster.x-k8s.io",
  "-A",
  "--output=json",
];

/** Reads kubectl's answer to `topologyQuery`. */
export const readTopology = (json: string): LiveTopology => {
  const { items = [] } = JSON.parse(json) as { items?: KubernetesObject[] };
  return { classes: items.filter(isClusterClass), clusters: items.filter(isCluster) };
};

/** Returns the object of a namespace and name. */
export const findObject = (
  objects: readonly KubernetesObject[],
  { namespace, name }: { namespace: string; name: string },
): KubernetesObject | undefined =>
  objects.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);

/** Returns the checksum of the class that a running cluster has; undefined for a cluster that does not exist. */
export const runningClassChecksum = (cluster: KubernetesObject | undefined): string | undefined => {
  if (cluster === undefined) return undefined;
  const annotations = valueAt(cluster, "spec", "topology", "controlPlane", "metadata", "annotations");
  const checksum = valueAt(annotations, classAnnotation);
  return typeof checksum === "string" ? checksum : "";
};

/** Returns the node images by version that a running cluster has; empty without the variable. */
export const runningNodeImages = (cluster: KubernetesObject | undefined): Readonly<Record<string, string>> => {
  const variables = listAt(cluster, "spec", "topology", "variables");
  const variable = variables.find((one) => valueAt(one, "name") === nodeImageVariable);
  return (valueAt(variable, "value") as Record<string, string> | undefined) ?? {};
};
