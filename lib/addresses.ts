import { IPv4, IPv4CidrRange } from "ip-num";
import { refuse } from "./problem";

/** An IPv4 network. */
export interface Cidr {
  /** Network address, dotted. */
  readonly base: string;
  /** Length of the network part in bits, 0 to 32. */
  readonly prefix: number;
  /** First and last address as numbers. */
  readonly first: bigint;
  readonly last: bigint;
  /** `base/prefix`. */
  readonly text: string;
}

/** Consecutive IPv4 addresses, both ends included. */
export interface AddressRange {
  readonly first: string;
  readonly last: string;
  /** How many addresses. */
  readonly size: number;
  /** `first-last`, as MetalLB reads it. */
  readonly text: string;
}

/** All addresses of a network as a range. */
export const networkRange = (network: string): AddressRange => {
  const { first, last } = parseCidr(network);
  return rangeOf(first, last);
};

/** Subnets for which a load balancer range can be taken, by prefix length: from 16 addresses up to 16 million. */
export const subnetPrefixes = { shortest: 8, longest: 28 } as const;

/** Reads `a.b.c.d/n`; throws for anything else, also for a base that is not the network's own address. */
export const parseCidr = (text: string): Cidr => {
  const range = cidrOf(text);
  if (range === undefined) {
    return refuse({
      received: text,
      rule: "be an IPv4 network in CIDR notation",
      remedy: "Write four numbers from 0 to 255, a slash and a length from 0 to 32, as in 172.18.0.0/16",
    });
  }
  const prefix = Number(range.getPrefix().getValue());
  const base = range.getFirst().toString();
  if (text !== `${base}/${prefix}`) {
    return refuse({
      received: text,
      rule: "be a network's own address, with no bits set behind the prefix",
      remedy: `Write ${base}/${prefix}`,
    });
  }
  return { base, prefix, first: range.getFirst().getValue(), last: range.getLast().getValue(), text };
};

/** Whether two networks share an address. */
export const overlaps = (a: Cidr | string, b: Cidr | string): boolean => {
  const [left, right] = [asCidr(a), asCidr(b)];
  return left.first <= right.last && right.first <= left.last;
};

/** Whether an address lies in a network or range, ends included; an address that cannot be read lies nowhere. */
export const contains = (within: AddressRange | Cidr | string, address: string): boolean => {
  const value = addressOf(address)?.getValue();
  const [first, last] = ends(within);
  return value !== undefined && first <= value && value <= last;
};

/** The address Docker gives a bridge by itself: the first behind the network address. */
export const defaultGateway = (subnet: string): string => dotted(dockerSubnet(subnet).first + 1n);

/** The lower half of a subnet, for Docker's `ipRange`: containers never get an address of the load balancer's range. */
export const dockerRange = (subnet: string): string => {
  const { base, prefix } = dockerSubnet(subnet);
  return `${base}/${prefix + 1}`;
};

/** How many blocks of a prefix length the upper half of a subnet has; 0 where not even one fits. */
export const blocksOf = (subnet: string, prefixLength: number): number => {
  const { prefix } = dockerSubnet(subnet);
  return prefixLength > prefix ? 2 ** (prefixLength - prefix - 1) : 0;
};

/**
 * The addresses a load balancer may give out: a block of the subnet's upper half with the given prefix length, without
 * the subnet's network and broadcast address and without the gateway. A gateway inside the block leaves two pieces,
 * of which the larger is taken (the upper one of two equals).
 *
 * @param prefixLength default 29: eight addresses, of which the last is the broadcast address
 * @param slot which block, counted from the highest down; default 0, the highest
 * @throws ProblemError for a subnet outside /8 to /28, a block that is no part of the upper half, a gateway that is
 * no host address of the subnet, and where no address remains
 */
export const loadBalancerRange = (subnet: string, gateway: string, prefixLength = 29, slot = 0): AddressRange => {
  const cidr = dockerSubnet(subnet);
  if (!Number.isInteger(prefixLength) || prefixLength <= cidr.prefix || prefixLength > 31) {
    refuse({
      received: prefixLength,
      rule: `be a whole number from ${cidr.prefix + 1} to 31, since Docker keeps the lower half of ${subnet}`,
      remedy: "Set loadBalancerPrefix to 29, or to the length of the block you want",
    });
  }
  const taken = gatewayOf(cidr, gateway);
  const blocks = blocksOf(subnet, prefixLength);
  if (!Number.isInteger(slot) || slot < 0 || slot >= blocks) {
    refuse({
      received: slot,
      rule: `be from 0 to ${blocks - 1}, since the upper half of ${subnet} has ${blocks} blocks of /${prefixLength}`,
      remedy: "Choose a number of that range, or a larger networkSubnet",
    });
  }
  const size = 1n << BigInt(32 - prefixLength);
  const last = cidr.last - BigInt(slot) * size;
  const first = last - size + 1n;
  const usable = last === cidr.last ? last - 1n : last;
  const pieces =
    taken < first || taken > last
      ? [{ first, last: usable }]
      : [
          { first: taken + 1n, last: usable },
          { first, last: taken - 1n },
        ];
  const largest = pieces.reduce((best, piece) => (piece.last - piece.first > best.last - best.first ? piece : best));
  if (largest.last < largest.first) {
    refuse({
      received: prefixLength,
      rule: `leave an address beside the broadcast address of ${subnet} and the gateway ${gateway}`,
      remedy: "Set loadBalancerPrefix to 29 or less",
    });
  }
  return rangeOf(largest.first, largest.last);
};

const gatewayOf = (subnet: Cidr, gateway: string): bigint => {
  const value = addressOf(gateway)?.getValue();
  if (value !== undefined && value > subnet.first && value < subnet.last) return value;
  return refuse({
    received: gateway,
    rule: `be an address of ${subnet.text} that is neither its first nor its last`,
    remedy: `Write ${dotted(subnet.first + 1n)}, or leave the gateway out`,
  });
};

const dockerSubnet = (text: string): Cidr => {
  const cidr = parseCidr(text);
  const { shortest, longest } = subnetPrefixes;
  if (cidr.prefix >= shortest && cidr.prefix <= longest) return cidr;
  return refuse({
    received: text,
    rule: `have a prefix length from /${shortest} to /${longest}`,
    remedy: "Choose a private network of that size, as 172.18.0.0/16",
  });
};

const rangeOf = (first: bigint, last: bigint): AddressRange => ({
  first: dotted(first),
  last: dotted(last),
  size: Number(last - first + 1n),
  text: `${dotted(first)}-${dotted(last)}`,
});

const asCidr = (cidr: Cidr | string): Cidr => (typeof cidr === "string" ? parseCidr(cidr) : cidr);

const ends = (within: AddressRange | Cidr | string): [bigint, bigint] => {
  const range = typeof within === "string" ? parseCidr(within) : within;
  return "base" in range ? [range.first, range.last] : [numbered(range.first), numbered(range.last)];
};

const dotted = (value: bigint): string => IPv4.fromNumber(value).toString();

const numbered = (address: string): bigint => IPv4.fromDecimalDottedString(address).getValue();

/** ip-num tolerates some spellings that other programs read differently; only the canonical one passes. */
const addressOf = (text: string): IPv4 | undefined => {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  try {
    const address = IPv4.fromDecimalDottedString(text);
    return address.toString() === text ? address : undefined;
  } catch {
    return undefined;
  }
};

const cidrOf = (text: string): IPv4CidrRange | undefined => {
  const [address, prefix, ...rest] = text.split("/");
  if (rest.length > 0 || !/^\d{1,2}$/.test(prefix ?? "") || addressOf(address ?? "") === undefined) return undefined;
  try {
    return IPv4CidrRange.fromCidr(`${address}/${Number(prefix)}`);
  } catch {
    return undefined;
  }
};
