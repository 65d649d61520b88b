import type { InspectedContainer } from "../../../lib/base/container";

/** A container of a cluster, or a container on the network kind. */
export type NetworkContainer = Pick<InspectedContainer, "name" | "cluster" | "running" | "addresses" | "firstRun">;

/** Addresses by which Cluster API and the nodes know containers, by the containers' names. */
export type KnownAddresses = Readonly<Record<string, readonly string[]>>;

/** The changes that bring containers back to their addresses. */
export interface Readdressing {
  /** Containers to stop, to connect with these addresses and to start. */
  toReconnect: { name: string; addresses: readonly string[] }[];
  /** Containers of other clusters that have such an address. They stay stopped until their own cluster is repaired. */
  toStop: string[];
  /** Whether the management cluster's node has such an address. The node is then restarted with another address. */
  restartManagement: boolean;
}

const lacks = (has: readonly string[], wanted: readonly string[]): boolean =>
  wanted.some((address) => !has.includes(address));

/** Returns containers that run with an address other than the known one, as after a restart of Docker. */
export const movedContainers = (known: KnownAddresses, containers: readonly NetworkContainer[]): string[] =>
  containers
    .filter(({ name, running, addresses }) => running && lacks(addresses, known[name] ?? []))
    .map(({ name }) => name)
    .sort();

/**
 * Returns the containers that need their known addresses, and the containers that have these addresses now.
 *
 * @param known - addresses of one cluster's containers
 * @param otherClusters - names of the other clusters of Cluster API
 * @param management - name of the management cluster's node, if the node is a container of this Docker
 * @throws Error if an address now belongs to a container that must keep it
 */
export const readdressing = (
  known: KnownAddresses,
  containers: readonly NetworkContainer[],
  otherClusters: readonly string[],
  management: string | undefined,
): Readdressing => {
  const toReconnect = containers
    .filter(({ name, running, addresses }) => name in known && (!running || lacks(addresses, known[name] ?? [])))
    .map(({ name }) => ({ name, addresses: known[name] ?? [] }));
  const moving = new Set(toReconnect.map(({ name }) => name));
  const wanted = new Set(toReconnect.flatMap(({ addresses }) => addresses));
  const inTheWay = containers.filter(
    ({ name, running, addresses }) => running && !moving.has(name) && addresses.some((address) => wanted.has(address)),
  );
  const toStop: string[] = [];
  for (const { name, cluster, addresses, firstRun } of inTheWay) {
    if (name === management) continue;
    const address = addresses.find((candidate) => wanted.has(candidate));
    const owner = toReconnect.find(({ addresses: wantedByOwner }) => wantedByOwner.includes(address!))!.name;
    const conflict = `container ${owner}: expected its address ${address}, got that address at container ${name}`;
    if (name in known || (otherClusters.includes(cluster) && firstRun)) {
      throw new Error(
        `${conflict}, which was created later. Delete ${name}, then run make up; or run make destroy, then make up.`,
      );
    }
    if (!otherClusters.includes(cluster)) {
      throw new Error(
        `${conflict}, which is not a node of this stack's clusters. Run docker stop ${name}, then make up.`,
      );
    }
    toStop.push(name);
  }
  return { toReconnect, toStop, restartManagement: inTheWay.some(({ name }) => name === management) };
};
