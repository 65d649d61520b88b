import { execDocker } from "../../system/docker";
import { type ManagedClusters, managedClustersQuery, readManagedClusters } from "./managedClusters";
import { readControlPlanes, type RunningClusters } from "./running";

/**
 * The Kubernetes versions that Cluster API's clusters run, asked of the management cluster from within its node: the
 * program needs no kubeconfig for that, which it does not have before it asked for its first resource.
 */
export const runningVersions = async (cluster: string, ask = execDocker): Promise<RunningClusters> => {
  const get = ["get", "kubeadmcontrolplanes.controlplane.cluster.x-k8s.io", "--all-namespaces", "--output=json"];
  const { code, stdout } = await ask([...kubectlInNode(cluster), ...get]);
  // No such kind yet, or an API that does not answer: an up that makes or mends it must not be stopped by that.
  return code === 0 ? readControlPlanes(stdout) : {};
};

const kubectlInNode = (cluster: string): string[] => [
  ...["exec", `${cluster}-control-plane`, "kubectl"],
  ...["--kubeconfig", "/etc/kubernetes/admin.conf", "--request-timeout=10s"],
];

/** The Cluster objects and Secrets of the management cluster; undefined if its API does not answer, or lacks the CRD. */
export const managedClusters = async (cluster: string, ask = execDocker): Promise<ManagedClusters | undefined> => {
  const { code, stdout } = await ask([...kubectlInNode(cluster), ...managedClustersQuery]);
  return code === 0 ? readManagedClusters(stdout) : undefined;
};
