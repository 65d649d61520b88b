import { complaintOf, exec } from "../../system/exec";
import type { Log } from "../plugin/execute";
import { digestIn, imagesOfNode } from "./docker";

/** The fields of a pod that show which images it runs. */
export interface RunningPod {
  metadata: {
    namespace: string;
    labels?: Record<string, string>;
    ownerReferences?: { kind: string; name: string; controller?: boolean }[];
  };
  spec: { containers: { name: string; image: string }[]; initContainers?: { name: string; image: string }[] };
  status?: { containerStatuses?: ContainerStatus[]; initContainerStatuses?: ContainerStatus[] };
}

interface ContainerStatus {
  name: string;
  imageID?: string;
}

/** A workload by its namespace and by its name for kubectl: `deployment/capd-controller-manager`. */
export interface Workload {
  namespace: string;
  name: string;
}

/** Returns the workload that creates a pod; undefined for a pod that no workload creates again. */
const workloadOf = ({
  metadata: { namespace, labels = {}, ownerReferences = [] },
}: RunningPod): Workload | undefined => {
  const owner = ownerReferences.find(({ controller }) => controller);
  if (owner?.kind === "DaemonSet" || owner?.kind === "StatefulSet")
    return { namespace, name: `${owner.kind.toLowerCase()}/${owner.name}` };
  const suffix = `-${labels["pod-template-hash"] ?? ""}`;
  return owner?.kind === "ReplicaSet" && suffix !== "-" && owner.name.endsWith(suffix)
    ? { namespace, name: `deployment/${owner.name.slice(0, -suffix.length)}` }
    : undefined;
};

/** Returns the digest of the image that a container runs: of `REPOSITORY@DIGEST`, or of the image with this id. */
const runningDigest = (imageId: string, imagesNow: Readonly<Record<string, string>>): string | undefined =>
  imageId.includes("@") ? imageId.split("@")[1] : imagesNow[imageId];

/**
 * Returns the workloads that run another image than the one that the node has under their image's reference. A container
 * that was not started yet will use the node's image.
 *
 * @param references - images that were loaded
 * @param imagesNow - digests of the node's images by reference
 */
export const outdatedWorkloads = (
  pods: readonly RunningPod[],
  references: readonly string[],
  imagesNow: Readonly<Record<string, string>>,
): Workload[] => {
  const isOutdated = ({ spec, status = {} }: RunningPod): boolean => {
    const statuses = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])];
    return [...spec.containers, ...(spec.initContainers ?? [])].some(({ name, image }) => {
      const imageId = statuses.find((container) => container.name === name)?.imageID;
      const wanted = digestIn(imagesNow, image);
      if (!references.includes(image) || !imageId || wanted === undefined) return false;
      // An image without any name left in the node is another one.
      return runningDigest(imageId, imagesNow) !== wanted;
    });
  };
  const workloads = pods.filter(isOutdated).flatMap((pod) => workloadOf(pod) ?? []);
  return [...new Map(workloads.map((workload) => [`${workload.namespace} ${workload.name}`, workload])).values()];
};

/** Seconds for one call of kubectl, restarts included. */
const timeout = 330;

/**
 * Restarts the workloads of a kind cluster that still run an earlier image under the same reference.
 *
 * @param node - control plane node, in which kubectl runs
 * @param imageNode - node that has the images; default: the control plane node
 * @throws Error if the node's API does not answer, or a restarted workload does not become ready
 */
export const restartImageUsers = async (
  node: string,
  references: readonly string[],
  log: Log,
  imageNode = node,
): Promise<void> => {
  const kubectl = async (...args: string[]): Promise<string> => {
    const command = ["exec", node, "kubectl", "--kubeconfig", "/etc/kubernetes/admin.conf", ...args];
    const result = await exec("docker", command, { timeout });
    if (result.code === 0) return result.stdout;
    throw new Error(
      `node ${node}: expected kubectl ${args.join(" ")} to succeed, got ${complaintOf(result).trim()}. Run make up again.`,
    );
  };
  const [imagesNow, text] = await Promise.all([
    imagesOfNode(imageNode),
    kubectl("get", "pods", "--all-namespaces", "--output", "json"),
  ]);
  const { items } = JSON.parse(text) as { items: RunningPod[] };
  for (const { namespace, name } of outdatedWorkloads(items, references, imagesNow)) {
    log(`${namespace}/${name} runs an earlier image of the same name: restarting it`);
    await kubectl("--namespace", namespace, "rollout", "restart", name);
    await kubectl("--namespace", namespace, "rollout", "status", name, "--timeout=300s");
  }
};
