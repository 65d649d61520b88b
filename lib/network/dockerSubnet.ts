import { refuse } from "../base/problem";
import { addressText } from "./address";
import { type AddressRange, rangeOf } from "./addressRange";
import { type Cidr, networkAt, parseCidr, refuseOtherSize } from "./cidr";
import { type Networks, parseNetworks } from "./networks";

/** Subnets for which a load balancer range can be taken, by prefix length: from 16 addresses up to 16 million. */
const subnetPrefixes = { shortest: 8, longest: 28 } as const;

/** Reads an IPv4 subnet of a size that leaves room for nodes and load balancers; throws for any other. */
export const parseDockerSubnet = (text: string): Cidr => {
  const subnet = parseCidr(text);
  refuseOtherSize(subnet, subnetPrefixes, "room for nodes and load balancers");
  return subnet;
};

/** The address that a bridge gets by itself: the first behind the network address. */
export const defaultGateway = ({ family, first }: Cidr): string => addressText(family, first + 1n);

/** The lower half of a subnet, for Docker's `ipRange`: containers never get an address of the load balancer's range. */
export const dockerRange = ({ base, prefix }: Cidr): string => `${base}/${prefix + 1}`;

/** The Docker network as the settings have it: texts, which their own check has accepted. */
export interface DockerNetworkTexts {
  readonly subnet: string;
  readonly ipv6?: { readonly subnet: string };
}

/** Reads the subnets of the Docker network from its settings: IPv4, then IPv6 where it has one. */
export const dockerSubnetsOf = ({ subnet, ipv6 }: DockerNetworkTexts): Networks =>
  parseNetworks([subnet, ...(ipv6 === undefined ? [] : [ipv6.subnet])].join());

/** IPv6 subnets of the Docker network: from a site's own down to one whose upper half holds a block for every slot. */
const ipv6SubnetPrefixes = { shortest: 48, longest: 96 } as const;

/** A load balancer's block: 256 addresses. */
const blockPrefix = 120;

/** Reserved for anycast at the end of every subnet (RFC 2526). */
const anycastAddresses = 128n;

/** A unique local /64 that tells which IPv4 subnet it goes with: `fd00:172:18::/64` beside `172.18.0.0/16`. */
export const ipv6SubnetBeside = ({ base }: Cidr): Cidr => {
  // Decimal digits are hexadecimal ones too, so each number stands there as it is read.
  const groups = (base.split(".").slice(0, 3) as [string, string, string]).map((digits) => BigInt(`0x${digits}`));
  const high = groups.reduce((value, group) => (value << 16n) | group, 0xfd00n);
  return networkAt("ipv6", high << 64n, 64);
};

/**
 * The addresses a load balancer may give out: a block of 256 of the subnet's upper half, of the highest the lower 128.
 *
 * @param slot which block, counted from the highest down: the same number as in IPv4, so that one choice serves both
 */
export const ipv6LoadBalancerRange = (subnet: Cidr, slot: number): AddressRange => {
  const size = 1n << BigInt(128 - blockPrefix);
  const last = subnet.last - BigInt(slot) * size;
  return rangeOf(last - size + 1n, slot === 0 ? last - anycastAddresses : last, "ipv6");
};

/** Reads an IPv6 subnet of a size the Docker network can have; throws for any other. */
export const parseIPv6Subnet = (text: string): Cidr => {
  const cidr = parseCidr(text, ["ipv6"]);
  const { shortest, longest } = ipv6SubnetPrefixes;
  if (cidr.prefix >= shortest && cidr.prefix <= longest) return cidr;
  return refuse({
    received: text,
    rule: `have a prefix length from /${shortest} to /${longest} (room for nodes and load balancers)`,
    remedy: "Choose a unique local network, as fd00:172:18::/64",
  });
};
