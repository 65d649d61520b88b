import { refuse } from "../base/problem";
import type { KubernetesObject } from "../kubernetes/object";
import { clusterApiObject, refTo } from "./apiObject";
import { clusterNetwork } from "./clusterNetwork";
import { builtInInfrastructure } from "./infrastructure";
import { kubeadmFamilies } from "./kubeadm";
import { machineTemplate, versionOf } from "./machineTemplate";
import type { ClusterSpec } from "./spec";
import { type WorkerObjects, workerObjects } from "./workers";

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
  const families = kubeadmFamilies(spec);
  const infrastructure = builtInInfrastructure(spec.backend);
  const { kinds, clusterAnnotations: annotations } = infrastructure;
  const bare = clusterApiObject(spec, "infrastructure", kinds.cluster, name, {
    spec: infrastructure.clusterSpec(spec),
  });
  const infrastructureCluster = annotations ? { ...bare, metadata: { ...bare.metadata, annotations } } : bare;
  const controlPlaneTemplate = machineTemplate(spec, `${name}-cp`);
  const controlPlane = clusterApiObject(spec, "controlPlane", "KubeadmControlPlane", `${name}-control-plane`, {
    spec: {
      replicas: spec.controlPlaneReplicas,
      version: versionOf(spec),
      machineTemplate: { spec: { infrastructureRef: refTo(controlPlaneTemplate) } },
      kubeadmConfigSpec: {
        clusterConfiguration: { apiServer: { certSANs: [...infrastructure.apiServerNames, ...families.certSANs] } },
        ...families.controlPlane,
      },
      rollout: { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1 } } },
    },
  });
  const cluster = clusterApiObject(spec, "core", "Cluster", name, {
    spec: {
      clusterNetwork: clusterNetwork(spec),
      infrastructureRef: refTo(infrastructureCluster),
      controlPlaneRef: refTo(controlPlane),
    },
  });
  const workers = spec.workerPools.map((pool) => workerObjects(spec, pool));
  return { infrastructureCluster, cluster, controlPlaneTemplate, controlPlane, workers };
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
