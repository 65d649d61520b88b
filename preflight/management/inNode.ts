import { execDocker } from "../../system/docker";
import { type ManagedClusters, managedClustersQuery, readManagedClusters } from "./managedClusters";
import { type LiveTopology, readTopology, topologyQuery } from "./topology";
import { readControlPlanes, type RunningClusters } from "./running";

/**
 * Reads the Kubernetes versions of the running clusters from the management cluster. kubectl runs inside the kind node,
 * because the program does not have a kubeconfig before it creates its first resource.
 */
export const runningVersions = async (cluster: string, execute = execDocker): Promise<RunningClusters> => {
  const get = ["get", "kubeadmcontrolplanes.controlplane.cluster.x-k8s.io", "--all-namespaces", "--output=json"];
  const { code, stdout } = await execute([...kubectlInNode(cluster), ...get]);
  // The CRD may be missing, or the API may not answer. Neither may stop an up, which creates or repairs them.
  return code === 0 ? readControlPlanes(stdout) : {};
};

const kubectlInNode = (cluster: string): string[] => [
  ...["exec", `${cluster}-control-plane`, "kubectl"],
  ...["--kubeconfig", "/etc/kubernetes/admin.conf", "--request-timeout=10s"],
];

/** Reads the classes and clusters of the management cluster; undefined without an answer or without the CRDs. */
export const topologyInNode = async (cluster: string, execute = execDocker): Promise<LiveTopology | undefined> => {
  const { code, stdout } = await execute([...kubectlInNode(cluster), ...topologyQuery]);
  return code === 0 ? readTopology(stdout) : undefined;
};

/** Reads the Cluster objects and Secrets of the management cluster; undefined without an answer or without the CRD. */
export const managedClusters = async (cluster: string, execute = execDocker): Promise<ManagedClusters | undefined> => {
  const { code, stdout } = await execute([...kubectlInNode(cluster), ...managedClustersQuery]);
  return code === 0 ? readManagedClusters(stdout) : undefined;
};
