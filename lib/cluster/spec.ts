import type { ClusterNetworks } from "../network/networks";

/** A provider that the program knows by itself: `docker` creates containers, `inMemory` simulates machines. */
export type BuiltIn = "docker" | "inMemory";

/** Where a cluster's machines are; `template`: a file says what the cluster is made of. */
export type Backend = BuiltIn | "template";

/** What keeps pods off a node that do not tolerate it. */
export interface Taint {
  key: string;
  value?: string;
  effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** A group of equal worker nodes. */
export interface WorkerPool {
  /** Part of the names of its machines: `<cluster>-<name>-…`. */
  name: string;
  replicas: number;
  labels?: Record<string, string>;
  taints?: Taint[];
}

/** A node's condition that makes it unhealthy once it lasts. */
export interface NodeCondition {
  type: string;
  status: "True" | "False" | "Unknown";
  timeoutSeconds: number;
}

/** When machines are unhealthy, and are replaced, by the names of Cluster API's MachineHealthCheck. */
export interface HealthCheck {
  /** 0: a machine may take any time to become a node. */
  nodeStartupTimeoutSeconds: number;
  unhealthyNodeConditions: NodeCondition[];
  /** Absent: whatever the number of those that are unhealthy. */
  unhealthyLessThanOrEqualTo?: string | number;
}

/** A workload cluster. */
export interface ClusterSpec extends ClusterNetworks {
  name: string;
  /** Namespace of its objects in the management cluster. */
  namespace: string;
  /** With or without the leading v. */
  kubernetesVersion: string;
  controlPlaneReplicas: number;
  workerPools: WorkerPool[];
  serviceDomain: string;
  /** Image of the nodes, by a tag; absent: what Cluster API takes for the version. */
  nodeImage?: string;
  /** Absent: no machine is replaced for its health. */
  healthCheck?: HealthCheck;
  /** `docker` makes containers, `inMemory` pretends. */
  backend: BuiltIn;
}

/** What Cluster API is asked for, from a cluster's settings. */
export const clusterSpec = (cluster: Readonly<Omit<ClusterSpec, "backend">>, backend: BuiltIn): ClusterSpec => ({
  name: cluster.name,
  namespace: cluster.namespace,
  kubernetesVersion: cluster.kubernetesVersion,
  controlPlaneReplicas: cluster.controlPlaneReplicas,
  workerPools: cluster.workerPools,
  podCidr: cluster.podCidr,
  serviceCidr: cluster.serviceCidr,
  serviceDomain: cluster.serviceDomain,
  ...(cluster.nodeImage === undefined ? {} : { nodeImage: cluster.nodeImage }),
  ...(cluster.healthCheck ? { healthCheck: cluster.healthCheck } : {}),
  backend,
});
