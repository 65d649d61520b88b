import { toYaml } from "../kubernetes/yaml";

/** Where Docker listens, on the host and in the node that runs Cluster API's Docker provider. */
const dockerSocket = "/var/run/docker.sock";

/**
 * kind's configuration of the management cluster: one node that can reach the host's Docker.
 *
 * @param dualStack whether its pods reach clusters of IPv6 alone; the Docker network then has IPv6
 */
export const kindConfig = (dualStack = false): string =>
  toYaml({
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    networking: { ipFamily: dualStack ? "dual" : "ipv4" },
    nodes: [{ role: "control-plane", extraMounts: [{ hostPath: dockerSocket, containerPath: dockerSocket }] }],
  });
