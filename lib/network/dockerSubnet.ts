import { refuse } from "../base/problem";
import { addressText } from "./address";
import { type AddressRange, rangeOf } from "./addressRange";
import { type Cidr, networkAt, parseCidr, refuseOtherSize } from "./cidr";
import { type Networks, parseNetworks } from "./networks";

/** Prefix lengths of subnets with room for a load balancer range: from 16 addresses up to 16 million. */
const subnetPrefixes = { shortest: 8, longest: 28 } as const;

/**
 * Parses an IPv4 subnet with room for nodes and load balancers.
 *
 * @throws ProblemError for all other strings
 */
export const parseDockerSubnet = (text: string): Cidr => {
  const subnet = parseCidr(text);
  refuseOtherSize(subnet, subnetPrefixes, "room for nodes and load balancers");
  return subnet;
};

/** Returns the default address of a bridge: the first address after the network address. */
export const defaultGateway = ({ family, first }: Cidr): string => addressText(family, first + 1n);

/**
 * Returns the lower half of a subnet, for Docker's `ipRange`. Containers never get an address of the load balancer's
 * range.
 */
export const dockerRange = ({ base, prefix }: Cidr): string => `${base}/${prefix + 1}`;

/** The Docker network in the settings, as validated strings. */
export interface DockerNetworkTexts {
  readonly subnet: string;
  readonly ipv6?: { readonly subnet: string };
}

/** Parses the subnets of the Docker network: the IPv4 subnet, then the IPv6 subnet if it exists. */
export const dockerSubnetsOf = ({ subnet, ipv6 }: DockerNetworkTexts): Networks =>
  parseNetworks([subnet, ...(ipv6 === undefined ? [] : [ipv6.subnet])].join());

/** Prefix lengths of IPv6 subnets: from a site's prefix to a subnet whose upper half has a block for every slot. */
const ipv6SubnetPrefixes = { shortest: 48, longest: 96 } as const;

/** Prefix length of a load balancer's block: 256 addresses. */
const blockPrefix = 120;

/** Addresses reserved for anycast at the end of every subnet (RFC 2526). */
const anycastAddresses = 128n;

/** Returns a unique local /64 that resembles its IPv4 subnet: `fd00:172:18::/64` for `172.18.0.0/16`. */
export const ipv6SubnetBeside = ({ base }: Cidr): Cidr => {
  // Decimal digits are also hexadecimal digits, so each number appears unchanged in the address.
  const groups = (base.split(".").slice(0, 3) as [string, string, string]).map((digits) => BigInt(`0x${digits}`));
  const high = groups.reduce((value, group) => (value << 16n) | group, 0xfd00n);
  return networkAt("ipv6", high << 64n, 64);
};

/**
 * Returns the addresses of a load balancer: a block of 256 in the subnet's upper half. The highest block only has its
 * lower 128 addresses.
 *
 * @param slot - number of the block, counted from the highest down. IPv4 uses the same number, so one setting serves
 * both families.
 */
export const ipv6LoadBalancerRange = (subnet: Cidr, slot: number): AddressRange => {
  const size = 1n << BigInt(128 - blockPrefix);
  const last = subnet.last - BigInt(slot) * size;
  return rangeOf(last - size + 1n, slot === 0 ? last - anycastAddresses : last, "ipv6");
};

/**
 * Parses an IPv6 subnet of a size that the Docker network can have.
 *
 * @throws ProblemError for all other strings
 */
export const parseIPv6Subnet = (text: string): Cidr => {
  const cidr = parseCidr(text, ["ipv6"]);
  const { shortest, longest } = ipv6SubnetPrefixes;
  if (cidr.prefix >= shortest && cidr.prefix <= longest) return cidr;
  return refuse({
    received: text,
    rule: `a prefix length from /${shortest} to /${longest} (room for nodes and load balancers)`,
    remedy: "Choose a unique local network, such as fd00:172:18::/64",
  });
};
