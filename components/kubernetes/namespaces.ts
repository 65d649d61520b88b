import * as pulumi from "@pulumi/pulumi";
import { keptIn, lifeIn, type ClusterHandle } from "./clusterHandle";
import { KubernetesResource } from "./manifestObjects";

/** The namespaces of a management cluster that the stack did not make, and how it marks its own. */
export interface NamespaceOwnership {
  isGiven: (namespace: string) => boolean;
  annotations: Record<string, string>;
}

/** A cluster and the namespace its objects lie in. */
export interface NamespacedCluster {
  name: string;
  namespace: string;
}

/**
 * The namespaces of clusters' objects, each once however many clusters share it: one that a cluster owned would take
 * the others' objects along. `default` is there anyway.
 */
export const clusterNamespaces = (
  management: ClusterHandle,
  clusters: readonly NamespacedCluster[],
  ownership?: NamespaceOwnership,
): ReadonlyMap<string, KubernetesResource> => {
  const names = [...new Set(clusters.map(({ namespace }) => namespace))].filter(
    (name) => name !== "default" && !ownership?.isGiven(name),
  );
  return new Map(
    names.map((namespace) => [namespace, namespaceOf(management, namespace, clusters, ownership?.annotations)]),
  );
};

const namespaceOf = (
  management: ClusterHandle,
  name: string,
  clusters: readonly NamespacedCluster[],
  annotations?: Record<string, string>,
): KubernetesResource =>
  new KubernetesResource(
    `clusters/Namespace/${name}`,
    keptIn(management, {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name, ...(annotations ? { annotations } : {}) },
    }),
    {
      provider: management.provider,
      dependsOn: management.apiReady,
      ...lifeIn(management),
      // Where earlier versions kept it: by a name of its own, and before that within a cluster of the namespace.
      aliases: [
        { name: `namespace/${name}` },
        ...clusters
          .filter((cluster) => cluster.namespace === name)
          .map((cluster) => ({
            name: `${cluster.name}/Namespace/${name}`,
            parent: pulumi.createUrn(cluster.name, "slipway:index:WorkloadCluster"),
          })),
      ],
    },
  );
