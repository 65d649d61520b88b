import type { ClusterNetworks } from "../network/networks";
import type { NodeAccess } from "./nodeFiles";

/** A provider that the program supports itself: `docker` creates containers, `inMemory` simulates machines. */
export type BuiltIn = "docker" | "inMemory";

/** Place of a cluster's machines; with `template`, a file defines the cluster's objects. */
export type Backend = BuiltIn | "template";

/** A taint, which keeps pods without a toleration off a node. */
export interface Taint {
  key: string;
  value?: string;
  effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** A file or folder of this machine that nodes see. */
export interface NodeMount {
  hostPath: string;
  containerPath: string;
  readOnly: boolean;
}

/** Settings of kubeadm in the words of Cluster API's KubeadmConfigSpec (v1beta2). */
export type KubeadmSettings = Readonly<Record<string, unknown>>;

/** A group of equal worker nodes. */
export interface WorkerPool {
  /** Part of the names of its machines: `<cluster>-<name>-…`. */
  name: string;
  /** Number of nodes; the minimum if an autoscaler sets the number. */
  replicas: number;
  /** Maximum that an autoscaler may set. @default - no autoscaler sets the number of nodes */
  maxReplicas?: number;
  /** Kind of the owner of the machines. @default - a MachineDeployment */
  type?: "machinePool";
  /** Worker class of the cluster's class. @default - the only worker class; absent for a cluster without a class */
  workerClass?: string;
  labels?: Record<string, string>;
  taints?: Taint[];
  /** Settings of kubeadm for the pool's nodes. @default - none */
  kubeadm?: KubeadmSettings;
  /** Mounts besides those of the cluster. @default - none */
  mounts?: NodeMount[];
}

/** A node condition that makes a node unhealthy if it lasts. */
export interface NodeCondition {
  type: string;
  status: "True" | "False" | "Unknown";
  timeoutSeconds: number;
}

/** Rules for unhealthy machines, which are replaced. The names are those of Cluster API's MachineHealthCheck. */
export interface HealthCheck {
  /** 0: a machine may take any time to become a node. */
  nodeStartupTimeoutSeconds: number;
  unhealthyNodeConditions: NodeCondition[];
  /** Default: no limit on the number of unhealthy machines. */
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
  /** Labels of the Cluster object. @default - none */
  labels?: Readonly<Record<string, string>>;
  serviceDomain: string;
  /** Node image with a tag; default: the image that Cluster API chooses for the version. */
  nodeImage?: string;
  /** Default: no machine is replaced because of its health. */
  healthCheck?: HealthCheck;
  /** Settings of kubeadm for the control plane. @default - none */
  kubeadm?: KubeadmSettings;
  /** Mounts of all nodes. @default - none */
  mounts?: NodeMount[];
  /** What nodes need to pull images. Cluster API gives it to new nodes. @default - nothing */
  nodeAccess?: NodeAccess;
  /** `docker` creates containers, `inMemory` simulates machines. */
  backend: BuiltIn;
}

/** Returns the number of nodes of a cluster without a rollout; the minimum of pools with an autoscaler. */
export const countNodes = ({
  controlPlaneReplicas,
  workerPools,
}: {
  readonly controlPlaneReplicas: number;
  readonly workerPools: readonly Pick<WorkerPool, "replicas">[];
}): number => controlPlaneReplicas + workerPools.reduce((total, { replicas }) => total + replicas, 0);

/** Returns the most nodes that a pool may have without a rollout. */
export const mostReplicas = ({ replicas, maxReplicas }: Pick<WorkerPool, "replicas" | "maxReplicas">): number =>
  maxReplicas ?? replicas;

/** Returns the most nodes of a cluster without a rollout: an autoscaler may set the maximum of its pools. */
export const countMostNodes = ({
  controlPlaneReplicas,
  workerPools,
}: {
  readonly controlPlaneReplicas: number;
  readonly workerPools: readonly Pick<WorkerPool, "replicas" | "maxReplicas">[];
}): number => controlPlaneReplicas + workerPools.reduce((total, pool) => total + mostReplicas(pool), 0);

/** Returns a cluster's specification for Cluster API from the cluster's settings. */
export const clusterSpec = (cluster: Readonly<Omit<ClusterSpec, "backend">>, backend: BuiltIn): ClusterSpec => ({
  name: cluster.name,
  namespace: cluster.namespace,
  kubernetesVersion: cluster.kubernetesVersion,
  controlPlaneReplicas: cluster.controlPlaneReplicas,
  workerPools: cluster.workerPools,
  ...(cluster.labels ? { labels: cluster.labels } : {}),
  podCidr: cluster.podCidr,
  serviceCidr: cluster.serviceCidr,
  serviceDomain: cluster.serviceDomain,
  ...(cluster.nodeImage === undefined ? {} : { nodeImage: cluster.nodeImage }),
  ...(cluster.healthCheck ? { healthCheck: cluster.healthCheck } : {}),
  ...(cluster.kubeadm ? { kubeadm: cluster.kubeadm } : {}),
  ...(cluster.mounts ? { mounts: cluster.mounts } : {}),
  backend,
});
