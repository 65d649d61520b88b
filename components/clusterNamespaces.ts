import * as pulumi from "@pulumi/pulumi";
import type { ClusterHandle } from "./clusterHandle";
import { KubernetesResource } from "./manifestObjects";

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
): ReadonlyMap<string, KubernetesResource> => {
  const names = [...new Set(clusters.map(({ namespace }) => namespace))].filter((name) => name !== "default");
  return new Map(names.map((namespace) => [namespace, namespaceOf(management, namespace, clusters)]));
};

const namespaceOf = (
  management: ClusterHandle,
  name: string,
  clusters: readonly NamespacedCluster[],
): KubernetesResource =>
  new KubernetesResource(
    `namespace/${name}`,
    { apiVersion: "v1", kind: "Namespace", metadata: { name } },
    {
      provider: management.provider,
      dependsOn: management.apiReady,
      deletedWith: management.lifetime,
      // Where earlier versions kept it: within a cluster of the namespace.
      aliases: clusters
        .filter((cluster) => cluster.namespace === name)
        .map((cluster) => ({
          name: `${cluster.name}/Namespace/${name}`,
          parent: pulumi.createUrn(cluster.name, "slipway:index:WorkloadCluster"),
        })),
    },
  );
