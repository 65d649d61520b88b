import { autoscalerBounds } from "../base/autoscaler";
import type { KubernetesObject } from "../kubernetes/object";
import { clusterApiObject, hashNamed, refTo } from "./apiObject";
import { kubeadmFamilies, withKubeadm } from "./kubeadm";
import { machinePool, machineTemplate, versionOf } from "./machineTemplate";
import { kubeadmNodeFiles } from "./nodeFiles";
import { nodeLabels, nodeLabelsArgument } from "./nodeLabels";
import type { ClusterSpec, WorkerPool } from "./spec";

/** The objects of one worker pool: a MachineDeployment with its templates, or a MachinePool with its infrastructure. */
export interface WorkerObjects {
  machineTemplate: KubernetesObject;
  bootstrapTemplate: KubernetesObject;
  deployment: KubernetesObject;
}

const clusterNameLabel = "cluster.x-k8s.io/cluster-name";
const deploymentNameLabel = "cluster.x-k8s.io/deployment-name";

/** Returns the objects of one worker pool. */
export const workerObjects = (spec: ClusterSpec, pool: WorkerPool): WorkerObjects =>
  pool.type === "machinePool" ? machinePoolObjects(spec, pool) : machineDeploymentObjects(spec, pool);

/** Returns the replicas of a pool's owner. Cluster API starts with the minimum where an autoscaler sets the number. */
const replicasOf = ({ replicas, maxReplicas }: WorkerPool): object => (maxReplicas === undefined ? { replicas } : {});

/** Returns the metadata of a pool's owner: the cluster's label, and the bounds of an autoscaler. */
const ownerMetadata = (spec: ClusterSpec, { replicas, maxReplicas }: WorkerPool): object => ({
  labels: { [clusterNameLabel]: spec.name },
  ...(maxReplicas === undefined ? {} : { annotations: autoscalerBounds(replicas, maxReplicas) }),
});

const machineDeploymentObjects = (spec: ClusterSpec, pool: WorkerPool): WorkerObjects => {
  const name = `${spec.name}-${pool.name}`;
  const template = machineTemplate(withMounts(spec, pool), name);
  const bootstrapTemplate = hashNamed(
    spec,
    "bootstrap",
    "KubeadmConfigTemplate",
    name,
    bootstrapContent(nodeConfiguration(spec, pool)),
  );
  const matchLabels = { [clusterNameLabel]: spec.name, [deploymentNameLabel]: name };
  const deployment = clusterApiObject(spec, "core", "MachineDeployment", name, {
    spec: {
      clusterName: spec.name,
      ...replicasOf(pool),
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
  Object.assign(deployment.metadata, ownerMetadata(spec, pool));
  return { machineTemplate: template, bootstrapTemplate, deployment };
};

/** Returns the cluster with the mounts of a pool's nodes. */
const withMounts = (spec: ClusterSpec, { mounts = [] }: WorkerPool): ClusterSpec =>
  mounts.length === 0 ? spec : { ...spec, mounts: [...(spec.mounts ?? []), ...mounts] };

/**
 * Returns a MachinePool, whose machines the infrastructure provider creates. The infrastructure keeps its name, because
 * the provider replaces machines when the object changes. Another KubeadmConfig only reaches new machines.
 */
const machinePoolObjects = (spec: ClusterSpec, pool: WorkerPool): WorkerObjects => {
  const name = `${spec.name}-${pool.name}`;
  const infrastructure = machinePool(withMounts(spec, pool), name);
  const config = nodeConfiguration(spec, pool);
  const isEmpty = Object.keys(config).length === 0;
  const bootstrap = hashNamed(spec, "bootstrap", "KubeadmConfig", name, isEmpty ? {} : { spec: config });
  const { machine: labels } = nodeLabels(pool.labels ?? {});
  const owner = clusterApiObject(spec, "core", "MachinePool", name, {
    spec: {
      clusterName: spec.name,
      ...replicasOf(pool),
      template: {
        ...(Object.keys(labels).length === 0 ? {} : { metadata: { labels } }),
        spec: {
          clusterName: spec.name,
          version: versionOf(spec),
          bootstrap: { configRef: refTo(bootstrap) },
          infrastructureRef: refTo(infrastructure),
        },
      },
    },
  });
  Object.assign(owner.metadata, ownerMetadata(spec, pool));
  return { machineTemplate: infrastructure, bootstrapTemplate: bootstrap, deployment: owner };
};

/** Returns the content of a KubeadmConfigTemplate. An empty spec would be rejected. */
const bootstrapContent = (spec: object): object =>
  Object.keys(spec).length === 0 ? {} : { spec: { template: { spec } } };

/** Returns the configuration of a pool's nodes; empty without settings. */
const nodeConfiguration = (spec: ClusterSpec, { labels = {}, taints = [], kubeadm }: WorkerPool): object => {
  const families = kubeadmFamilies(spec);
  const value = nodeLabelsArgument(nodeLabels(labels).kubelet);
  const kubeletExtraArgs = [...(value === "" ? [] : [{ name: "node-labels", value }]), ...families.kubeletExtraArgs];
  const registration = {
    ...(kubeletExtraArgs.length === 0 ? {} : { kubeletExtraArgs }),
    ...(taints.length === 0 ? {} : { taints }),
  };
  const { preKubeadmCommands } = families;
  const base = {
    ...(Object.keys(registration).length === 0 ? {} : { joinConfiguration: { nodeRegistration: registration } }),
    ...(preKubeadmCommands.length === 0 ? {} : { preKubeadmCommands }),
  };
  return withKubeadm(base, kubeadmNodeFiles(spec), kubeadm);
};
