import { inspectArguments, type InspectedContainer, networkName, parseInspected } from "../../lib/base/container";
import { jsonLines } from "../../lib/base/json";
import { clusterLabel, isOwnedBy, ownerLabel } from "../../lib/base/labels";
import { type Docker, listContainers } from "../../system/docker";

/** A port of the host that a container needs. */
export interface HostPort {
  hostPort: number;
  listenAddress: string;
  protocol: "TCP" | "UDP" | "SCTP";
}

/** A container with the fields that `stop` and `start` need. */
export interface StackContainer extends InspectedContainer {
  /** Restart policy as `docker update` takes it: `no`, `on-failure:1`. */
  readonly restartPolicy: string;
  /** Addresses that Docker assigns at each start; empty if Docker chooses an address. */
  readonly fixedAddresses: readonly string[];
  /** Id of the network kind that the container joined; empty without this network. */
  readonly networkId: string;
  /** Ports of the host that the container asks for by number. */
  readonly hostPorts: readonly HostPort[];
}

interface ContainerJson {
  HostConfig?: {
    RestartPolicy?: { Name?: string; MaximumRetryCount?: number };
    PortBindings?: Record<string, { HostIp?: string; HostPort?: string }[] | null> | null;
  };
  NetworkSettings?: {
    Networks?: Record<
      string,
      { NetworkID?: string; IPAMConfig?: { IPv4Address?: string; IPv6Address?: string } | null }
    > | null;
  };
}

const toStackContainer = (container: InspectedContainer, json: ContainerJson): StackContainer => {
  const { Name: policy = "", MaximumRetryCount: count = 0 } = json.HostConfig?.RestartPolicy ?? {};
  const { NetworkID = "", IPAMConfig } = json.NetworkSettings?.Networks?.[networkName] ?? {};
  const hostPorts = Object.entries(json.HostConfig?.PortBindings ?? {}).flatMap(([port, bindings]) =>
    (bindings ?? [])
      .filter(({ HostPort }) => Number(HostPort) > 0)
      .map(({ HostIp = "", HostPort }) => ({
        hostPort: Number(HostPort),
        listenAddress: HostIp || "0.0.0.0",
        protocol: (port.split("/")[1] ?? "tcp").toUpperCase() as HostPort["protocol"],
      })),
  );
  return {
    ...container,
    restartPolicy: `${policy || "no"}${policy === "on-failure" && count > 0 ? `:${count}` : ""}`,
    fixedAddresses: [IPAMConfig?.IPv4Address, IPAMConfig?.IPv6Address].flatMap((address) => address || []),
    networkId: NetworkID,
    hostPorts,
  };
};

/** Parses docker's output for `inspectArguments`. */
export const parseStackContainers = (lines: readonly string[]): StackContainer[] => {
  const text = lines.join("\n");
  const json = jsonLines<ContainerJson>(text);
  return parseInspected(text).map((container, index) => toStackContainer(container, json[index] ?? {}));
};

const inspect = async (ids: readonly string[], runDocker: Docker): Promise<StackContainer[]> =>
  ids.length === 0 ? [] : parseStackContainers(await runDocker(...inspectArguments(...ids)));

/** Containers of a stack, and all other containers on the network kind. */
export interface FoundContainers {
  ours: StackContainer[];
  foreign: StackContainer[];
}

/**
 * Finds the containers of a stack: those of its clusters, and those with its label.
 *
 * @param clusters names of the stack's clusters, the management cluster included
 */
export const findStackContainers = async (
  stack: string,
  clusters: readonly string[],
  runDocker: Docker,
): Promise<FoundContainers> => {
  const filters = [`label=${clusterLabel}`, `label=${ownerLabel}`, `network=${networkName}`];
  const lists = await Promise.all(filters.map((filter) => listContainers(runDocker, filter)));
  const listed = [...new Map(lists.flat().map((container) => [container.id, container])).values()];
  const isOurs = ({ cluster, owner, run }: Pick<StackContainer, "cluster" | "owner" | "run">): boolean =>
    owner === "" ? clusters.includes(cluster) : isOwnedBy(stack, owner) && run === "";
  const inspected = await inspect(listed.map(({ id }) => id).sort(), runDocker);
  const byName = inspected.sort((a, b) => a.name.localeCompare(b.name));
  return { ours: byName.filter(isOurs), foreign: byName.filter((container) => !isOurs(container)) };
};

type Grouped = Pick<StackContainer, "id" | "name" | "cluster" | "role">;

/**
 * Returns containers in the order in which `stop` stops them. Containers of one group stop at the same time: helpers and
 * workers, the first control plane node of each cluster, the second ones, load balancers, the management cluster's node.
 */
export const stopOrder = <T extends Grouped>(containers: readonly T[], management: string | undefined): T[][] => {
  const workload = containers.filter(({ cluster }) => cluster !== management || cluster === "");
  const controlPlane = workload.filter(({ role }) => role === "control-plane");
  const balancers = workload.filter(({ role }) => role === "external-load-balancer");
  const rounds: T[][] = [];
  for (const name of new Set(controlPlane.map(({ cluster }) => cluster))) {
    controlPlane.filter(({ cluster }) => cluster === name).forEach((node, index) => (rounds[index] ??= []).push(node));
  }
  const groups = [
    workload.filter(({ role }) => role !== "control-plane" && role !== "external-load-balancer"),
    ...rounds,
    balancers,
    containers.filter((container) => !workload.includes(container)),
  ];
  return groups.filter((group) => group.length > 0);
};
