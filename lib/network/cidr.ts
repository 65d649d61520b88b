import { refuse } from "../base/problem";
import { addressBits, addressText, type IpFamily } from "./address";

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

/** Returns the network with a prefix length that contains an address. */
export const networkAround = (family: IpFamily, address: bigint, prefix: number): Cidr => {
  const hostBits = BigInt(addressBits[family] - prefix);
  return networkAt(family, (address >> hostBits) << hostBits, prefix);
};

/**
 * Rejects a network whose prefix length is outside a range.
 *
 * @param why - reason for the range, for the error
 * @param received - the setting's text, for the error; default: the network
 * @throws ProblemError for such a network
 */
export const refuseOtherSize = (network: Cidr, sizes: Prefixes, why: string, received = network.text): void => {
  const { family, first, prefix } = network;
  const { shortest, longest } = sizes;
  if (prefix >= shortest && prefix <= longest) return;
  const allowed = networkAround(family, first, Math.min(Math.max(prefix, shortest), longest));
  refuse({
    received,
    rule: `a prefix length from /${shortest} to /${longest} (${why})`,
    remedy: `Choose a network with such a prefix length, for example ${allowed.text}`,
  });
};

/** Returns true if two networks share an address. Networks of two families never overlap. */
export const overlaps = (a: Cidr, b: Cidr): boolean => a.family === b.family && a.first <= b.last && b.first <= a.last;
