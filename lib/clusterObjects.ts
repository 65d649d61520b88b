import { createHash } from "node:crypto";
import { clusterApiObject, hashNamed, refTo } from "./clusterApiObject";
import type { KubernetesObject } from "./kubernetesObject";
import { nodeLabels, nodeLabelsArgument } from "./nodeLabels";
import { refuse } from "./problem";
import { toYaml } from "./yaml";

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

/** A workload cluster. */
export interface ClusterSpec {
  name: string;
  /** Namespace of its objects in the management cluster. */
  namespace: string;
  /** With or without the leading v. */
  kubernetesVersion: string;
  controlPlaneReplicas: number;
  workerPools: WorkerPool[];
  podCidr: string;
  serviceCidr: string;
  serviceDomain: string;
  /** Image of the nodes, by a tag; absent: what Cluster API takes for the version. */
  nodeImage?: string;
  /** Images each node gets from the host's Docker before kubeadm runs. */
  preLoadImages: string[];
  /** `docker` makes containers, `inMemory` pretends. */
  backend: "docker" | "inMemory";
}

/** The objects of one worker pool. */
export interface WorkerObjects {
  machineTemplate: KubernetesObject;
  bootstrapTemplate: KubernetesObject;
  deployment: KubernetesObject;
}

/** The objects of one cluster. */
export interface ClusterObjects {
  infrastructureCluster: KubernetesObject;
  cluster: KubernetesObject;
  controlPlaneTemplate: KubernetesObject;
  controlPlane: KubernetesObject;
  workers: WorkerObjects[];
}

/** Longest names for which the names Cluster API derives (`<name>-control-plane-xxxxx`) stay within 63 characters. */
export const longestNames = { cluster: 43, machineDeployment: 51 } as const;

const clusterNameLabel = "cluster.x-k8s.io/cluster-name";
const deploymentNameLabel = "cluster.x-k8s.io/deployment-name";

/**
 * The Cluster API objects (v1beta2) of a cluster. Templates are immutable or ignored once used, so each is named by a
 * hash of its content: a change makes another template, and what refers to it rolls its machines. What the webhooks
 * would fill in is written out, so that no later apply takes it away again.
 *
 * @throws ProblemError for two pools of one name, and for a pool named `cp` or `control-plane`
 */
export const clusterObjects = (spec: ClusterSpec): ClusterObjects => {
  const { name } = spec;
  refuseEqualNames(spec);
  const infrastructureCluster = clusterApiObject(spec, "infrastructure", "DevCluster", name, {
    spec: { backend: { [spec.backend]: {} } },
  });
  const controlPlaneTemplate = machineTemplate(spec, `${name}-cp`);
  const controlPlane = clusterApiObject(spec, "controlPlane", "KubeadmControlPlane", `${name}-control-plane`, {
    spec: {
      replicas: spec.controlPlaneReplicas,
      version: versionOf(spec),
      machineTemplate: { spec: { infrastructureRef: refTo(controlPlaneTemplate) } },
      kubeadmConfigSpec: {
        // Docker Desktop reaches the API server by a published port, containers on it by Docker's own name.
        clusterConfiguration: {
          apiServer: { certSANs: ["localhost", "127.0.0.1", "0.0.0.0", "host.docker.internal"] },
        },
      },
      rollout: { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1 } } },
    },
  });
  const cluster = clusterApiObject(spec, "core", "Cluster", name, {
    spec: {
      clusterNetwork: {
        pods: { cidrBlocks: [spec.podCidr] },
        services: { cidrBlocks: [spec.serviceCidr] },
        serviceDomain: spec.serviceDomain,
      },
      infrastructureRef: refTo(infrastructureCluster),
      controlPlaneRef: refTo(controlPlane),
    },
  });
  const workers = spec.workerPools.map((pool) => workerObjects(spec, pool));
  return { infrastructureCluster, cluster, controlPlaneTemplate, controlPlane, workers };
};

/** Eight digits that change with whatever a cluster's machines are made from or counted by. */
export const machinesSum = (spec: ClusterSpec): string => {
  const { controlPlane, workers } = clusterObjects(spec);
  const specs = [controlPlane, ...workers.map(({ deployment }) => deployment)].map(toYaml);
  return createHash("sha256").update(specs.join("---\n")).digest("hex").slice(0, 8);
};

/** Names of the objects that a cluster's machines belong to: its KubeadmControlPlane and its MachineDeployments. */
export const machineOwners = (spec: ClusterSpec): string[] => {
  const { controlPlane, workers } = clusterObjects(spec);
  return [controlPlane, ...workers.map(({ deployment }) => deployment)].map(({ metadata }) => metadata.name);
};

/** Two pools of one name, or one named like the control plane's template, would be one object. */
export const refuseEqualNames = ({ name, workerPools }: Pick<ClusterSpec, "name" | "workerPools">): void => {
  const taken = new Set(["cp", "control-plane"]);
  for (const pool of workerPools) {
    if (taken.has(pool.name)) {
      const rule = `have a name of its own among ${[...taken].join(", ")}`;
      refuse({ key: `a worker pool of ${name}`, received: pool.name, rule, remedy: "Rename the pool" });
    }
    taken.add(pool.name);
  }
};

const workerObjects = (spec: ClusterSpec, pool: WorkerPool): WorkerObjects => {
  const name = `${spec.name}-${pool.name}`;
  const template = machineTemplate(spec, name);
  const bootstrapTemplate = hashNamed(spec, "bootstrap", "KubeadmConfigTemplate", name, nodeRegistration(pool));
  const matchLabels = { [clusterNameLabel]: spec.name, [deploymentNameLabel]: name };
  const deployment = clusterApiObject(spec, "core", "MachineDeployment", name, {
    spec: {
      clusterName: spec.name,
      replicas: pool.replicas,
      selector: { matchLabels },
      rollout: { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } },
      template: {
        metadata: { labels: { ...nodeLabels(pool.labels ?? {}).machine, ...matchLabels } },
        spec: {
          clusterName: spec.name,
          version: versionOf(spec),
          bootstrap: { configRef: refTo(bootstrapTemplate) },
          infrastructureRef: refTo(template),
        },
      },
    },
  });
  deployment.metadata.labels = { [clusterNameLabel]: spec.name };
  return { machineTemplate: template, bootstrapTemplate, deployment };
};

/** What a pool's nodes register with; without labels and taints there is nothing to say, and an empty spec is refused. */
const nodeRegistration = ({ labels = {}, taints = [] }: WorkerPool): object => {
  const value = nodeLabelsArgument(nodeLabels(labels).kubelet);
  const registration = {
    ...(value === "" ? {} : { kubeletExtraArgs: [{ name: "node-labels", value }] }),
    ...(taints.length === 0 ? {} : { taints }),
  };
  return Object.keys(registration).length === 0
    ? {}
    : { spec: { template: { spec: { joinConfiguration: { nodeRegistration: registration } } } } };
};

const machineTemplate = (spec: ClusterSpec, name: string): KubernetesObject =>
  hashNamed(spec, "infrastructure", "DevMachineTemplate", name, {
    spec: { template: { spec: { backend: { [spec.backend]: machineBackend(spec) } } } },
  });

const machineBackend = ({ backend, nodeImage, preLoadImages }: ClusterSpec): object => {
  if (backend === "docker") {
    return {
      ...(nodeImage === undefined ? {} : { customImage: nodeImage }),
      // In one order whatever the caller's, since another order would be another template.
      ...(preLoadImages.length === 0 ? {} : { preLoadImages: [...new Set(preLoadImages)].sort() }),
    };
  }
  // The times of Cluster API's own tests of this backend.
  const after = (startupDuration: string) => ({ provisioning: { startupDuration, startupJitter: "0.2" } });
  return { vm: after("10s"), node: after("2s"), apiServer: after("2s"), etcd: after("2s") };
};

const versionOf = ({ kubernetesVersion }: ClusterSpec): string => kubernetesVersion.replace(/^v?/, "v");
