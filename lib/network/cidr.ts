import { IPv4CidrRange, IPv6CidrRange } from "ip-num";
import { refuse } from "../base/problem";
import { addressBits, addressText, familyOf, type IpFamily, lenientAddress } from "./address";

/** An IP network. */
export interface Cidr {
  readonly family: IpFamily;
  /** Network address in its canonical form. */
  readonly base: string;
  /** Length of the network part in bits: 0 to 32, or 0 to 128. */
  readonly prefix: number;
  /** First and last address as numbers. */
  readonly first: bigint;
  readonly last: bigint;
  /** `base/prefix`. */
  readonly text: string;
}

const allFamilies: readonly IpFamily[] = ["ipv4", "ipv6"];

const notations = {
  ipv4: {
    rule: "an IPv4 network in CIDR notation",
    remedy: "Write four numbers from 0 to 255, a slash and a length from 0 to 32, for example 172.18.0.0/16",
  },
  ipv6: {
    rule: "an IPv6 network in CIDR notation",
    remedy: "Write an address, a slash and a length from 0 to 128, for example fd00:10::/64",
  },
} as const;

/**
 * Parses `a.b.c.d/n`, or `a:b::/n` if IPv6 is among the families.
 *
 * @param families - default: IPv4
 * @throws ProblemError for all other strings, and for a base that is not the network address in canonical form
 */
export const parseCidr = (text: string, families: readonly IpFamily[] = ["ipv4"]): Cidr => {
  const family = families.includes(familyOf(text)) ? familyOf(text) : (families[0] ?? "ipv4");
  const range = familyOf(text) === family ? cidrOf(text, family) : undefined;
  if (range === undefined) return refuse({ received: text, ...notations[family] });
  const prefix = Number(range.getPrefix().getValue());
  const first = range.getFirst().getValue();
  const network = networkAt(family, first, prefix);
  if (text === network.text) return network;
  return refuse({
    received: text,
    rule: "a network address, with no bits set behind the prefix",
    remedy: `Write ${network.text}`,
  });
};

/**
 * Parses a network of either family.
 *
 * @throws ProblemError for all other strings
 */
export const parseNetwork = (text: string): Cidr => parseCidr(text, allFamilies);

/** Returns the network with a prefix length that starts at an address. */
export const networkAt = (family: IpFamily, first: bigint, prefix: number): Cidr => {
  const base = addressText(family, first);
  const last = first + (1n << BigInt(addressBits[family] - prefix)) - 1n;
  return { family, base, prefix, first, last, text: `${base}/${prefix}` };
};

/** A range of prefix lengths, including both ends. */
export interface Prefixes {
  readonly shortest: number;
  readonly longest: number;
}

/**
 * Rejects a network whose prefix length is outside a range.
 *
 * @param why - reason for the range, for the error
 * @throws ProblemError for such a network
 */
export const refuseOtherSize = ({ base, prefix, text }: Cidr, { shortest, longest }: Prefixes, why: string): void => {
  if (prefix >= shortest && prefix <= longest) return;
  refuse({
    received: text,
    rule: `a prefix length from /${shortest} to /${longest} (${why})`,
    remedy: `Choose a network of that size, such as ${base}/${Math.min(Math.max(prefix, shortest), longest)}`,
  });
};

/** Returns true if two networks share an address. Networks of two families never overlap. */
export const overlaps = (a: Cidr, b: Cidr): boolean => a.family === b.family && a.first <= b.last && b.first <= a.last;

const cidrOf = (text: string, family: IpFamily): IPv4CidrRange | IPv6CidrRange | undefined => {
  const [address, prefix, ...rest] = text.split("/");
  if (rest.length > 0 || !/^\d{1,3}$/.test(prefix ?? "") || lenientAddress(address ?? "") === undefined)
    return undefined;
  try {
    const canonical = `${address}/${Number(prefix)}`;
    return family === "ipv4" ? IPv4CidrRange.fromCidr(canonical) : IPv6CidrRange.fromCidr(canonical);
  } catch {
    return undefined;
  }
};
