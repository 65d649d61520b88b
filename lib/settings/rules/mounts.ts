import type { Problem } from "../../base/problem";
import type { NodeMount } from "../../cluster/spec";
import type { PortMapping } from "../../providers/kindConfig";
import type { SettingValues } from "../schema/stack";
import { type ClusterRule, hasTemplate, isDocker } from "./rule";

/** Paths of Docker's socket: one folder is a link to the other on most machines. */
const sockets = ["/var/run/docker.sock", "/run/docker.sock"];

/** Folders that a node mounts itself, so that Docker would refuse the container. */
const ownFolders = ["/var", "/tmp", "/run", "/lib/modules", "/dev/mapper"];

const removeIt = "Remove it";

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/**
 * Returns the problems of a node's mounts.
 *
 * @param keyOf - returns the place of a mount in the settings
 * @param taken - paths in the node that Slipway mounts itself
 */
const mountProblems = (
  mounts: readonly NodeMount[],
  keyOf: (index: number) => string,
  taken: readonly string[] = [],
): Problem[] =>
  mounts.flatMap(({ hostPath, containerPath }, index) => {
    const first = mounts.findIndex((other) => other.containerPath === containerPath);
    const container = { key: `${keyOf(index)}.containerPath`, received: containerPath };
    return [
      ...(sockets.some((socket) => isWithin(socket, hostPath))
        ? [
            {
              key: `${keyOf(index)}.hostPath`,
              received: hostPath,
              rule: "no path with Docker's socket, by which a pod can become root on this machine",
              remedy: "Mount a folder with your own files",
            },
          ]
        : []),
      ...([...ownFolders, ...taken].includes(containerPath)
        ? [{ ...container, rule: "a path that the node does not mount itself", remedy: "Choose another path" }]
        : []),
      ...(first < index
        ? [{ ...container, rule: `another path than ${keyOf(first)}`, remedy: "Remove one of the two" }]
        : []),
    ];
  });

/** Rules about mounts of workload clusters' nodes. */
export const mountRules: readonly ClusterRule[] = [
  {
    fields: ["mounts", "workers", "backend", "template"],
    check: (entry) => {
      const { mounts } = entry.values;
      const all = mounts.map((mount, index) => ({ mount, key: `${entry.key("mounts")}[${index}]` }));
      const pools = entry.pools.map(({ mounts: ofPool = [] }, pool) =>
        ofPool.map((mount, index) => ({ mount, key: `${entry.key("workers")}[${pool}].mounts[${index}]` })),
      );
      const unused = { rule: "no value, because only Docker nodes of Slipway's own clusters have mounts", got: "one" };
      if (!isDocker(entry) || hasTemplate(entry))
        return [all, ...pools].flat().map(({ key }) => ({ key, ...unused, remedy: removeIt }));
      const problems = [all, ...pools.map((pool) => [...all, ...pool])].flatMap((places) =>
        mountProblems(
          places.map(({ mount }) => mount),
          (index) => places[index]?.key ?? "",
        ),
      );
      // Each pool has the cluster's mounts too.
      return problems.filter(({ key }, index) => problems.findIndex((other) => other.key === key) === index);
    },
  },
];

const overlaps = (one: PortMapping, other: PortMapping): boolean =>
  one.hostPort === other.hostPort &&
  one.protocol === other.protocol &&
  (one.listenAddress === other.listenAddress ||
    [one.listenAddress, other.listenAddress].some((address) => ["0.0.0.0", "::"].includes(address)));

/** Port of the API server in a kind node, which kind publishes itself. */
const apiPort = 6443;

/** Returns the problems of mounts and ports of the kind cluster's node. */
export const managementNodeProblems = ({
  managementMounts: mounts,
  managementPorts: ports,
  managementKubeconfig,
}: Pick<SettingValues, "managementMounts" | "managementPorts" | "managementKubeconfig">): Problem[] => {
  if (managementKubeconfig !== "") {
    const used = { managementMounts: mounts, managementPorts: ports };
    const rule = "no value beside managementKubeconfig, because Slipway does not create that cluster";
    return Object.entries(used).flatMap(([key, list]) =>
      list.length === 0 ? [] : [{ key, rule, got: "one", remedy: "Remove one of the two" }],
    );
  }
  return [
    ...mountProblems(mounts, (index) => `managementMounts[${index}]`, sockets),
    ...ports.flatMap((port, index) => {
      const first = ports.findIndex((other) => overlaps(port, other));
      const key = `managementPorts[${index}]`;
      const rule = "a port other than that of the API server, which kind publishes";
      return [
        ...(first < index
          ? [
              {
                key: `${key}.hostPort`,
                received: port.hostPort,
                rule: `another port or address than managementPorts[${first}]`,
                remedy: "Choose a free port",
              },
            ]
          : []),
        ...(port.containerPort === apiPort
          ? [{ key: `${key}.containerPort`, received: apiPort, rule, remedy: "Use the kubeconfig of make up" }]
          : []),
      ];
    }),
  ];
};
