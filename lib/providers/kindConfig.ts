import { toYaml } from "../kubernetes/yaml";

/** Path of Docker's socket, on the host and in the node that runs Cluster API's Docker provider. */
const dockerSocket = "/var/run/docker.sock";

/**
 * Returns kind's configuration of the management cluster: one node with access to the host's Docker.
 *
 * @param dualStack - whether pods must reach IPv6-only clusters; then the Docker network has IPv6; default: false
 */
export const kindConfig = (dualStack = false): string =>
  toYaml({
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    networking: { ipFamily: dualStack ? "dual" : "ipv4" },
    nodes: [{ role: "control-plane", extraMounts: [{ hostPath: dockerSocket, containerPath: dockerSocket }] }],
  });
