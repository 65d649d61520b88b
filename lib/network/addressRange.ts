import { type Address, addressText, type IpFamily } from "./address";
import type { Cidr } from "./cidr";

/** Consecutive addresses of one family, including both ends. */
export interface AddressRange {
  readonly family: IpFamily;
  /** First and last address as numbers. */
  readonly first: bigint;
  readonly last: bigint;
  /** Number of addresses. */
  readonly size: number;
  /** `first-last`, the format of MetalLB. */
  readonly text: string;
}

/** Returns the range between two addresses as numbers. */
export const rangeOf = (first: bigint, last: bigint, family: IpFamily = "ipv4"): AddressRange => ({
  family,
  first,
  last,
  size: Number(last - first + 1n),
  text: `${addressText(family, first)}-${addressText(family, last)}`,
});

/** Returns all addresses of a network as a range. */
export const networkRange = ({ first, last, family }: Cidr): AddressRange => rangeOf(first, last, family);

/** Returns true if a network or range contains an address; false for undefined. */
export const contains = ({ family, first, last }: AddressRange | Cidr, address: Address | undefined): boolean =>
  address !== undefined && address.family === family && first <= address.value && address.value <= last;
