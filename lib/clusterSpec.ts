import type { ClusterSpec } from "./clusterObjects";
import type { ClusterSettings } from "./settings";

/** What Cluster API is asked for, from a cluster's settings and the images its nodes cannot pull. */
export const clusterSpec = (cluster: ClusterSettings, preLoadImages: readonly string[]): ClusterSpec => ({
  name: cluster.name,
  namespace: cluster.namespace,
  kubernetesVersion: cluster.kubernetesVersion,
  controlPlaneReplicas: cluster.controlPlaneReplicas,
  workerPools: cluster.workerPools,
  podCidr: cluster.podCidr,
  serviceCidr: cluster.serviceCidr,
  serviceDomain: cluster.serviceDomain,
  nodeImage: cluster.nodeImage,
  preLoadImages: [...preLoadImages],
  backend: cluster.backend,
});
