import { clusterObjects } from "../../lib/cluster/objects";
import { seedCluster } from "../../lib/cluster/seedCluster";
import type { ClusterSpec } from "../../lib/cluster/spec";
import type { KubernetesObject } from "../../lib/kubernetes/object";
import { pins } from "../../lib/versions/pins";

/** A cluster that cannot come up, with one control plane node and no workers: `up` would refuse most of them. */
export interface BrokenCluster {
  name: string;
  /** What differs from a cluster that would come up. */
  spec?: Partial<ClusterSpec>;
  /** Commands in the node before kubeadm. */
  before?: string[];
}

/** The Cluster API objects of a broken cluster, in the order in which they are to be applied. */
export const brokenObjects = ({ name, spec, before = [] }: BrokenCluster, nodeImage: string): KubernetesObject[] => {
  const objects = clusterObjects({
    ...seedCluster,
    name,
    kubernetesVersion: `v${pins.source.kubernetes}`,
    workerPools: [],
    nodeImage,
    ...spec,
  });
  const { infrastructureCluster, cluster, controlPlaneTemplate, controlPlane } = objects;
  const { kubeadmConfigSpec, ...rest } = controlPlane["spec"] as { kubeadmConfigSpec: object };
  const commands = before.length > 0 ? { preKubeadmCommands: before } : {};
  const patched = { ...controlPlane, spec: { ...rest, kubeadmConfigSpec: { ...kubeadmConfigSpec, ...commands } } };
  return [infrastructureCluster, cluster, controlPlaneTemplate, patched];
};
