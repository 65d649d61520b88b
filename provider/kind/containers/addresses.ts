import type { InspectedContainer } from "../../../lib/base/container";

/** A container of a cluster, or one on the network kind. */
export type NetworkContainer = Pick<InspectedContainer, "name" | "cluster" | "running" | "addresses" | "firstRun">;

/** The addresses by which Cluster API and the nodes know containers, by name. */
export type KnownAddresses = Readonly<Record<string, readonly string[]>>;

/** What brings containers back to their addresses. */
export interface Readdressing {
  /** Containers to stop, to give these addresses and to start. */
  give: { name: string; addresses: readonly string[] }[];
  /** Containers of other clusters that have such an address: stopped, until their own cluster is repaired. */
  park: string[];
  /** Whether the management cluster's node is in the way: it is started again with any other address. */
  parkManagement: boolean;
}

const lacks = (has: readonly string[], wanted: readonly string[]): boolean =>
  wanted.some((address) => !has.includes(address));

/** Containers that run with another address than the known one, as after a restart of Docker. */
export const movedContainers = (known: KnownAddresses, containers: readonly NetworkContainer[]): string[] =>
  containers
    .filter(({ name, running, addresses }) => running && lacks(addresses, known[name] ?? []))
    .map(({ name }) => name)
    .sort();

/**
 * Which containers have to be given their addresses, and which are in their way.
 *
 * @param known of one cluster
 * @param others names of the other clusters that Cluster API has
 * @param management name of the management cluster's node, where it is a container here
 * @throws where an address now belongs to a container that is not to be moved
 */
export const readdressing = (
  known: KnownAddresses,
  containers: readonly NetworkContainer[],
  others: readonly string[],
  management: string | undefined,
): Readdressing => {
  const give = containers
    .filter(({ name, running, addresses }) => name in known && (!running || lacks(addresses, known[name] ?? [])))
    .map(({ name }) => ({ name, addresses: known[name] ?? [] }));
  const moving = new Set(give.map(({ name }) => name));
  const wanted = new Set(give.flatMap(({ addresses }) => addresses));
  const inTheWay = containers.filter(
    ({ name, running, addresses }) => running && !moving.has(name) && addresses.some((one) => wanted.has(one)),
  );
  const park: string[] = [];
  for (const { name, cluster, addresses, firstRun } of inTheWay) {
    if (name === management) continue;
    const address = addresses.find((one) => wanted.has(one));
    const owner = give.find(({ addresses: own }) => own.includes(address!))!.name;
    const what = `${owner} has to have the address ${address} again, which Docker gave to the container ${name}`;
    if (name in known || (others.includes(cluster) && firstRun)) {
      throw new Error(`${what}, made meanwhile. Delete that one, then make up; or make destroy, then make up`);
    }
    if (!others.includes(cluster))
      throw new Error(`${what}, which is no node of a cluster of this stack: docker stop ${name}, make up`);
    park.push(name);
  }
  return { give, park, parkManagement: inTheWay.some(({ name }) => name === management) };
};
