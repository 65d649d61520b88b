import * as pulumi from "@pulumi/pulumi";
import { withDeletionPolicy, lifecycleOptions, type ClusterHandle } from "./clusterHandle";
import { KubernetesResource } from "./manifestObjects";

/** How the stack distinguishes its own namespaces in an existing management cluster from other namespaces. */
export interface NamespaceOwnership {
  isGiven: (namespace: string) => boolean;
  annotations: Record<string, string>;
}

/** A cluster and the namespace of its objects. */
export interface NamespacedCluster {
  name: string;
  namespace: string;
}

/**
 * Creates the namespaces of the clusters' objects. Clusters share a namespace's resource: a namespace that one cluster
 * owned would delete the other clusters' objects. The namespace `default` always exists.
 */
export const clusterNamespaces = (
  management: ClusterHandle,
  clusters: readonly NamespacedCluster[],
  opts: { parent?: pulumi.Resource },
  ownership?: NamespaceOwnership,
): ReadonlyMap<string, KubernetesResource> => {
  const names = [...new Set(clusters.map(({ namespace }) => namespace))].filter(
    (name) => name !== "default" && !ownership?.isGiven(name),
  );
  return new Map(
    names.map((namespace) => [namespace, namespaceOf(management, namespace, clusters, opts, ownership?.annotations)]),
  );
};

const namespaceOf = (
  management: ClusterHandle,
  name: string,
  clusters: readonly NamespacedCluster[],
  opts: { parent?: pulumi.Resource },
  annotations?: Record<string, string>,
): KubernetesResource =>
  new KubernetesResource(
    `clusters/Namespace/${name}`,
    withDeletionPolicy(management, {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name, ...(annotations ? { annotations } : {}) },
    }),
    {
      ...opts,
      provider: management.provider,
      dependsOn: management.apiReady,
      ...lifecycleOptions(management),
      // Names of the namespace in earlier versions: a name of its own, and before that a child of a cluster.
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
