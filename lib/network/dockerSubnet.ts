import { refuse } from "../base/problem";
import { addressText } from "./address";
import { type AddressRange, rangeOf } from "./addressRange";
import { type Cidr, parseCidr } from "./cidr";

/** Subnets for which a load balancer range can be taken, by prefix length: from 16 addresses up to 16 million. */
export const subnetPrefixes = { shortest: 8, longest: 28 } as const;

/** The address Docker gives a bridge by itself: the first behind the network address. */
export const defaultGateway = (subnet: string): string => {
  const { first } = dockerSubnet(subnet);
  return addressText("ipv4", first + 1n);
};

/** The lower half of a subnet, for Docker's `ipRange`: containers never get an address of the load balancer's range. */
export const dockerRange = (subnet: string): string => {
  const { base, prefix } = dockerSubnet(subnet);
  return `${base}/${prefix + 1}`;
};

/** Reads an IPv4 subnet of a size that leaves room for nodes and load balancers; throws for any other. */
export const dockerSubnet = (text: string): Cidr => {
  const cidr = parseCidr(text);
  const { shortest, longest } = subnetPrefixes;
  if (cidr.prefix >= shortest && cidr.prefix <= longest) return cidr;
  return refuse({
    received: text,
    rule: `have a prefix length from /${shortest} to /${longest}`,
    remedy: "Choose a private network of that size, as 172.18.0.0/16",
  });
};

/** IPv6 subnets of the Docker network: from a site's own down to one whose upper half holds a block for every slot. */
export const ipv6SubnetPrefixes = { shortest: 48, longest: 96 } as const;

/** A load balancer's block: 256 addresses. */
const blockPrefix = 120;

/** Reserved for anycast at the end of every subnet (RFC 2526). */
const anycastAddresses = 128n;

/** A unique local /64 that tells which IPv4 subnet it goes with: `fd00:172:18::/64` beside `172.18.0.0/16`. */
export const ipv6SubnetBeside = (subnet: string): string => {
  // Decimal digits are hexadecimal ones too, so each number stands there as it is read.
  const groups = (parseCidr(subnet).base.split(".").slice(0, 3) as [string, string, string]).map((digits) =>
    BigInt(`0x${digits}`),
  );
  const high = groups.reduce((value, group) => (value << 16n) | group, 0xfd00n);
  return `${addressText("ipv6", high << 64n)}/64`;
};

/** The address that the bridge gets: the first behind the network address. */
export const ipv6Gateway = (subnet: string): string => addressText("ipv6", ipv6Subnet(subnet).first + 1n);

/** The lower half of a subnet, for Docker's `ipRange`: containers never get an address of the load balancer's range. */
export const ipv6DockerRange = (subnet: string): string => {
  const { base, prefix } = ipv6Subnet(subnet);
  return `${base}/${prefix + 1}`;
};

/**
 * The addresses a load balancer may give out: a block of 256 of the subnet's upper half, of the highest the lower 128.
 *
 * @param slot which block, counted from the highest down: the same number as in IPv4, so that one choice serves both
 * @throws ProblemError for a subnet outside /48 to /96
 */
export const ipv6LoadBalancerRange = (subnet: string, slot: number): AddressRange => {
  const size = 1n << BigInt(128 - blockPrefix);
  const last = ipv6Subnet(subnet).last - BigInt(slot) * size;
  return rangeOf(last - size + 1n, slot === 0 ? last - anycastAddresses : last, "ipv6");
};

/** Reads an IPv6 subnet of a size the Docker network can have; throws for any other. */
export const ipv6Subnet = (text: string): Cidr => {
  const cidr = parseCidr(text, ["ipv6"]);
  const { shortest, longest } = ipv6SubnetPrefixes;
  if (cidr.prefix >= shortest && cidr.prefix <= longest) return cidr;
  return refuse({
    received: text,
    rule: `have a prefix length from /${shortest} to /${longest} (room for nodes and load balancers)`,
    remedy: "Choose a unique local network, as fd00:172:18::/64",
  });
};
