/** Variable of Cluster API's manifests that switches classes on. */
export const topologyGate = "CLUSTER_TOPOLOGY";
