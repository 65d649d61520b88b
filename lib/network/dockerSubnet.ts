import { refuse } from "../base/problem";
import { type Address, addressAt } from "./address";
import { type AddressRange, rangeOf } from "./addressRange";
import { type Cidr, networkAt } from "./cidr";
import { Networks } from "./networks";

/** Returns the default address of a bridge: the first address after the network address. */
export const defaultGateway = ({ family, first }: Cidr): Address => addressAt(family, first + 1n);

/**
 * Returns the address of the bridge.
 *
 * @param stated - the setting: an address, or a text that is not an address; undefined: the default gateway
 * @throws ProblemError unless the gateway is a host address of the subnet
 */
export const gatewayOf = (subnet: Cidr, stated: Address | string | undefined): Address => {
  if (stated === undefined) return defaultGateway(subnet);
  if (typeof stated !== "string" && isHostOf(subnet, stated)) return stated;
  return refuse({
    received: typeof stated === "string" ? stated : stated.text,
    rule: `an address of ${subnet.text} that is neither its first nor its last`,
    remedy: `Write ${defaultGateway(subnet).text}, or leave the gateway out`,
  });
};

const isHostOf = ({ family, first, last }: Cidr, address: Address): boolean =>
  address.family === family && address.value > first && address.value < last;

/**
 * Returns the lower half of a subnet, for Docker's `ipRange`. Containers never get an address of the load balancer's
 * range.
 */
export const dockerRange = ({ family, first, prefix }: Cidr): Cidr => networkAt(family, first, prefix + 1);

/** The subnets of the Docker network in the settings. */
export interface DockerSubnets {
  readonly subnet: Cidr;
  readonly ipv6?: { readonly subnet: Cidr };
}

/** Returns the subnets of the Docker network: the IPv4 subnet, then the IPv6 subnet if it exists. */
export const dockerSubnetsOf = ({ subnet, ipv6 }: DockerSubnets): Networks =>
  new Networks([subnet, ...(ipv6 === undefined ? [] : [ipv6.subnet])]);

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
