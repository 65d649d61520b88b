import { parseNetworks } from "../network/parse";
import type { ClusterSpec } from "./spec";

/**
 * The cluster of the original walk-through: one control plane node and one worker on Docker, for any Kubernetes
 * version.
 */
export const seedCluster: Omit<ClusterSpec, "kubernetesVersion"> = {
  name: "capd",
  namespace: "default",
  controlPlaneReplicas: 1,
  workerPools: [{ name: "md-0", replicas: 1 }],
  podCidr: parseNetworks("192.168.0.0/16"),
  serviceCidr: parseNetworks("10.128.0.0/12"),
  serviceDomain: "cluster.local",
  backend: "docker",
};
