import { refuse } from "../base/problem";
import type { KubernetesObject } from "../kubernetes/object";
import { clusterApiObject, refTo } from "./apiObject";
import { clusterNetwork } from "./clusterNetwork";
import { builtInInfrastructure } from "./infrastructure";
import { kubeadmFamilies, withKubeadm } from "./kubeadm";
import { machineTemplate, versionOf } from "./machineTemplate";
import { kubeadmNodeFiles } from "./nodeFiles";
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

/**
 * Maximum lengths for which the names that Cluster API derives (`<name>-control-plane-xxxxx`) stay within 63
 * characters.
 */
export const longestNames = { cluster: 43, machineDeployment: 51 } as const;

/**
 * Returns the Cluster API objects (v1beta2) of a cluster. Used templates are immutable, or their changes have no
 * effect, so each name has a hash of the content. A change then creates another template, and the objects that refer to
 * it roll out new machines. Fields that the webhooks would default are set, so that no later apply removes them.
 *
 * @throws ProblemError for two pools with one name, and for a pool named `cp` or `control-plane`
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
      kubeadmConfigSpec: withKubeadm(
        {
          clusterConfiguration: { apiServer: { certSANs: [...infrastructure.apiServerNames, ...families.certSANs] } },
          ...families.controlPlane,
        },
        kubeadmNodeFiles(spec),
        spec.kubeadm,
      ),
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
  if (spec.labels) cluster.metadata.labels = { ...spec.labels };
  const workers = spec.workerPools.map((pool) => workerObjects(spec, pool));
  return { infrastructureCluster, cluster, controlPlaneTemplate, controlPlane, workers };
};

/**
 * Rejects two pools with one name, and a pool with a name of the control plane: their objects would have equal names.
 */
export const refuseEqualNames = ({ name, workerPools }: Pick<ClusterSpec, "name" | "workerPools">): void => {
  const taken = new Set(["cp", "control-plane"]);
  for (const pool of workerPools) {
    if (taken.has(pool.name)) {
      const rule = `a name other than ${[...taken].join(", ")}`;
      refuse({ key: `a worker pool of ${name}`, received: pool.name, rule, remedy: "Rename the pool" });
    }
    taken.add(pool.name);
  }
};
