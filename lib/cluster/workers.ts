import type { KubernetesObject } from "../kubernetes/object";
import { clusterApiObject, hashNamed, refTo } from "./apiObject";
import { type KubeadmFamilies, kubeadmFamilies, withUserKubeadm } from "./kubeadm";
import { machineTemplate, versionOf } from "./machineTemplate";
import { nodeLabels, nodeLabelsArgument } from "./nodeLabels";
import type { ClusterSpec, WorkerPool } from "./spec";

/** The objects of one worker pool. */
export interface WorkerObjects {
  machineTemplate: KubernetesObject;
  bootstrapTemplate: KubernetesObject;
  deployment: KubernetesObject;
}

const clusterNameLabel = "cluster.x-k8s.io/cluster-name";
const deploymentNameLabel = "cluster.x-k8s.io/deployment-name";

/** Returns the objects of one worker pool. */
export const workerObjects = (spec: ClusterSpec, pool: WorkerPool): WorkerObjects => {
  const name = `${spec.name}-${pool.name}`;
  const template = machineTemplate(withMounts(spec, pool), name);
  const bootstrapTemplate = hashNamed(
    spec,
    "bootstrap",
    "KubeadmConfigTemplate",
    name,
    nodeRegistration(pool, kubeadmFamilies(spec)),
  );
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

/** Returns the cluster with the mounts of a pool's nodes. */
const withMounts = (spec: ClusterSpec, { mounts = [] }: WorkerPool): ClusterSpec =>
  mounts.length === 0 ? spec : { ...spec, mounts: [...(spec.mounts ?? []), ...mounts] };

/**
 * Returns the registration of a pool's nodes. Without labels and taints it is empty: an empty spec would be rejected.
 */
const nodeRegistration = ({ labels = {}, taints = [], kubeadm }: WorkerPool, families: KubeadmFamilies): object => {
  const value = nodeLabelsArgument(nodeLabels(labels).kubelet);
  const kubeletExtraArgs = [...(value === "" ? [] : [{ name: "node-labels", value }]), ...families.kubeletExtraArgs];
  const registration = {
    ...(kubeletExtraArgs.length === 0 ? {} : { kubeletExtraArgs }),
    ...(taints.length === 0 ? {} : { taints }),
  };
  const { preKubeadmCommands } = families;
  const own = {
    ...(Object.keys(registration).length === 0 ? {} : { joinConfiguration: { nodeRegistration: registration } }),
    ...(preKubeadmCommands.length === 0 ? {} : { preKubeadmCommands }),
  };
  const spec = withUserKubeadm(own, kubeadm);
  return Object.keys(spec).length === 0 ? {} : { spec: { template: { spec } } };
};
