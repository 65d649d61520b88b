import type { IpFamily } from "./address";
import { type Cidr, networkAt, overlaps } from "./cidr";

/** A network that something on this machine uses. */
export interface TakenNetwork {
  readonly network: Cidr;
  /** The user of the network, such as `the Docker network x_default` or `the device wg0`. */
  readonly by: string;
  /** True for a route of the host: Docker's own, longer route wins over it. Docker's networks must not overlap at all. */
  readonly isRoute?: true;
}

/** The subnet of a stack on a machine where nothing else uses the subnet, as text of the setting. */
export const defaultSubnet = "172.18.0.0/16";

/** Returns the IPv4 network whose first bytes are given. */
const ipv4Network = (first: number, second: number, third: number, prefix: number): Cidr =>
  networkAt("ipv4", (BigInt(first) << 24n) | (BigInt(second) << 16n) | (BigInt(third) << 8n), prefix);

/** Subnets for the Docker network, in order of preference: the private ranges from which Docker itself takes subnets. */
export const subnetCandidates: readonly Cidr[] = [
  ...Array.from({ length: 14 }, (_, index) => ipv4Network(172, 18 + index, 0, 16)),
  ...Array.from({ length: 16 }, (_, index) => ipv4Network(192, 168, index * 16, 20)),
];

/** The networks that contain all subnet candidates: 172.18.0.0 to 172.31.255.255, and 192.168.0.0/16. */
export const candidateRanges: readonly Cidr[] = [
  ipv4Network(172, 18, 0, 15),
  ipv4Network(172, 20, 0, 14),
  ipv4Network(172, 24, 0, 13),
  ipv4Network(192, 168, 0, 16),
];

/** Returns true if Docker's route to a subnet wins over a route of the host: only the longest route to an address counts. */
export const losesTo = (route: Pick<TakenNetwork, "network">, subnet: Cidr): boolean =>
  route.network.prefix < subnet.prefix;

/** Returns the taken networks that share an address with a subnet, and with which the subnet cannot work. */
export const takersOf = (subnet: Cidr, taken: readonly TakenNetwork[]): TakenNetwork[] =>
  taken.filter((other) => overlaps(other.network, subnet) && !(other.isRoute && losesTo(other, subnet)));

/** Returns the route around a subnet that hides the most: its hosts in the subnet are not reachable from this host. */
export const hiddenRoute = (subnet: Cidr, taken: readonly TakenNetwork[]): TakenNetwork | undefined =>
  taken
    .filter((other) => other.isRoute && overlaps(other.network, subnet) && losesTo(other, subnet))
    .sort((a, b) => b.network.prefix - a.network.prefix)[0];

/**
 * Returns subnets in order of preference: first those around which the host has no route, then those inside the largest
 * routes. The routes of a VPN that cover all addresses hide nothing in particular.
 */
export const byHiddenRoutes = (subnets: readonly Cidr[], taken: readonly TakenNetwork[]): Cidr[] => {
  const prefixOf = (subnet: Cidr): number => hiddenRoute(subnet, taken)?.network.prefix ?? 0;
  return [...subnets].sort((a, b) => prefixOf(a) - prefixOf(b));
};

/** Subnets for the advice in errors. */
const examples: Readonly<Record<IpFamily, readonly Cidr[]>> = {
  ipv4: [
    ...Array.from({ length: 56 }, (_, index) => ipv4Network(10, 200 + index, 0, 16)),
    ...subnetCandidates,
    ...Array.from({ length: 64 }, (_, index) => ipv4Network(100, 64 + index, 0, 16)),
  ],
  // fd00:10:200::/64, fd00:10:201::/64 and so on.
  ipv6: Array.from({ length: 64 }, (_, index) => networkAt("ipv6", (0xfd00_0010_0200n + BigInt(index)) << 80n, 64)),
};

/**
 * Returns a subnet that works beside the taken networks; undefined if there is none.
 *
 * @param avoided networks of the stack, which the subnet must not overlap
 */
export const exampleSubnet = (
  family: IpFamily,
  taken: readonly TakenNetwork[],
  avoided: readonly Cidr[],
): Cidr | undefined =>
  byHiddenRoutes(examples[family], taken).find(
    (subnet) => takersOf(subnet, taken).length === 0 && !avoided.some((other) => overlaps(other, subnet)),
  );

/** Returns the end of a sentence about a network that overlaps a taken one. */
export const overlapText = ({ network, by }: TakenNetwork): string => `overlaps ${network.text} of ${by}`;
