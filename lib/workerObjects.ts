import { clusterApiObject, hashNamed, refTo } from "./clusterApiObject";
import type { ClusterSpec, WorkerPool } from "./clusterSpec";
import { type KubeadmFamilies, kubeadmFamilies } from "./kubeadmFamilies";
import type { KubernetesObject } from "./kubernetesObject";
import { machineTemplate, versionOf } from "./machineTemplate";
import { nodeLabels, nodeLabelsArgument } from "./nodeLabels";

/** The objects of one worker pool. */
export interface WorkerObjects {
  machineTemplate: KubernetesObject;
  bootstrapTemplate: KubernetesObject;
  deployment: KubernetesObject;
}

const clusterNameLabel = "cluster.x-k8s.io/cluster-name";
const deploymentNameLabel = "cluster.x-k8s.io/deployment-name";

/** What one pool of a cluster is made of. */
export const workerObjects = (spec: ClusterSpec, pool: WorkerPool): WorkerObjects => {
  const name = `${spec.name}-${pool.name}`;
  const template = machineTemplate(spec, name);
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

/** What a pool's nodes register with; without labels and taints there is nothing to say, and an empty spec is refused. */
const nodeRegistration = ({ labels = {}, taints = [] }: WorkerPool, families: KubeadmFamilies): object => {
  const value = nodeLabelsArgument(nodeLabels(labels).kubelet);
  const kubeletExtraArgs = [...(value === "" ? [] : [{ name: "node-labels", value }]), ...families.kubeletExtraArgs];
  const registration = {
    ...(kubeletExtraArgs.length === 0 ? {} : { kubeletExtraArgs }),
    ...(taints.length === 0 ? {} : { taints }),
  };
  const { preKubeadmCommands } = families;
  const spec = {
    ...(Object.keys(registration).length === 0 ? {} : { joinConfiguration: { nodeRegistration: registration } }),
    ...(preKubeadmCommands.length === 0 ? {} : { preKubeadmCommands }),
  };
  return Object.keys(spec).length === 0 ? {} : { spec: { template: { spec } } };
};
