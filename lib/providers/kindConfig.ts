import { toYaml } from "../kubernetes/yaml";

/** Path of Docker's socket, on the host and in the node that runs Cluster API's Docker provider. */
const dockerSocket = "/var/run/docker.sock";

/** A port of this machine that leads to a port of a kind node. */
export interface PortMapping {
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: "TCP" | "UDP" | "SCTP";
  readonly listenAddress: string;
}

/** What a management cluster has besides the seed's. */
export interface KindNode {
  /** Whether pods must reach IPv6-only clusters; then the Docker network has IPv6. @default false */
  readonly dualStack?: boolean;
  /** @default - Docker's socket only */
  readonly mounts?: readonly {
    readonly hostPath: string;
    readonly containerPath: string;
    readonly readOnly: boolean;
  }[];
  /** @default - none */
  readonly ports?: readonly PortMapping[];
}

/** kind's own networks of pods and Services, of both families. The management cluster keeps these defaults. */
export const kindNetworks = ["10.244.0.0/16", "10.96.0.0/16", "fd00:10:244::/56", "fd00:10:96::/112"];

/** Returns kind's configuration of the management cluster: one node with access to the host's Docker. */
export const kindConfig = ({ dualStack = false, mounts = [], ports = [] }: KindNode = {}): string =>
  toYaml({
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    networking: { ipFamily: dualStack ? "dual" : "ipv4" },
    nodes: [
      {
        role: "control-plane",
        extraMounts: [{ hostPath: dockerSocket, containerPath: dockerSocket }, ...mounts],
        ...(ports.length === 0 ? {} : { extraPortMappings: ports }),
      },
    ],
  });
