import type { Problem } from "../base/problem";
import { countMostNodes, mostReplicas } from "../cluster/spec";
import { nodePrefix } from "../network/networks";
import type { Settings } from "./types";

type RolloutSettings = Pick<Settings, "network" | "clusters">;
type DockerCluster = Settings["clusters"][number];

const onDocker = ({ clusters }: RolloutSettings): DockerCluster[] =>
  clusters.filter(({ backend }) => backend === "docker");

/**
 * Returns the most machines that Cluster API creates in addition during a rollout of a cluster: one for the control plane
 * and one for each MachineDeployment, whose maxSurge is 1. The provider of a MachinePool first creates all machines of the
 * pool again. An upgrade rolls all pools at once.
 */
const rollingNodes = ({ controlPlaneReplicas, workerPools }: DockerCluster): number =>
  workerPools.reduce(
    (count, pool) => count + (pool.type === "machinePool" ? mostReplicas(pool) : Math.min(1, mostReplicas(pool))),
    controlPlaneReplicas > 0 ? 1 : 0,
  );

const total = (clusters: readonly DockerCluster[], count: (cluster: DockerCluster) => number): number =>
  clusters.reduce((result, cluster) => result + count(cluster), 0);

/** Returns the most machines of all Docker clusters that exist in addition during a rollout. */
export const rollingMachines = (settings: RolloutSettings): number => total(onDocker(settings), rollingNodes);

const shortage = (standing: number, rolling: number, room: number): string =>
  `standing ${standing}, rolling ${rolling}, free ${Math.max(0, room - standing)}`;

/**
 * Finds networks that have room for the nodes of the settings and not for the additional machines of a rollout. The
 * rules about settings report networks that are too small for the nodes themselves.
 */
export const rolloutShortages = (settings: RolloutSettings): Problem[] => {
  const clusters = onDocker(settings);
  const { subnet } = settings.network;
  const [standing, rolling] = [total(clusters, countMostNodes), total(clusters, rollingNodes)];
  // The lower half also has the network address, the gateway, the management node and the clusters' load balancers.
  const room = 2 ** (31 - subnet.prefix) - 3 - clusters.length;
  const crowded: Problem[] =
    standing + rolling <= room
      ? []
      : [
          {
            key: "networkSubnet",
            got: `${subnet.text} (${shortage(standing, rolling, room)})`,
            rule: `an address for each machine of a rollout: ${standing} nodes and ${rolling} rolling machines`,
            remedy: "Choose a larger networkSubnet, for example 172.18.0.0/16, or fewer workerReplicas or workers",
          },
        ];
  const pods = clusters.flatMap((cluster) =>
    cluster.podCidr.list.flatMap(({ family, prefix, text }): Problem[] => {
      const [nodes, more, networks] = [
        countMostNodes(cluster),
        rollingNodes(cluster),
        2 ** (nodePrefix[family] - prefix),
      ];
      if (nodes + more <= networks) return [];
      return [
        {
          key: `podCidr of cluster ${cluster.name}`,
          got: `${text} (${shortage(nodes, more, networks)})`,
          rule: `a /${nodePrefix[family]} for each machine of a rollout: ${nodes} nodes and ${more} rolling machines`,
          remedy: "Choose a larger podCidr, or fewer workerReplicas or workers",
        },
      ];
    }),
  );
  return [...crowded, ...pods];
};
