import { addressOf, addressText, familyOf, type IpFamily } from "./address";
import type { Cidr } from "./cidr";

/** Consecutive addresses of one family, both ends included. */
export interface AddressRange {
  readonly first: string;
  readonly last: string;
  /** How many addresses. */
  readonly size: number;
  /** `first-last`, as MetalLB reads it. */
  readonly text: string;
}

/** The range of two ends, given as numbers. */
export const rangeOf = (first: bigint, last: bigint, family: IpFamily = "ipv4"): AddressRange => {
  const [from, to] = [addressText(family, first), addressText(family, last)];
  return { first: from, last: to, size: Number(last - first + 1n), text: `${from}-${to}` };
};

/** All addresses of a network as a range. */
export const networkRange = ({ first, last, family }: Cidr): AddressRange => rangeOf(first, last, family);

/** The family of a network's or range's addresses. */
export const rangeFamily = (range: AddressRange | Cidr): IpFamily =>
  "family" in range ? range.family : familyOf(range.first);

/** Whether an address lies in a network or range, ends included; an address that cannot be read lies nowhere. */
export const contains = (range: AddressRange | Cidr, address: string): boolean => {
  const found = addressOf(address);
  if (found === undefined || found.family !== rangeFamily(range)) return false;
  const [first, last] = "family" in range ? [range.first, range.last] : [valueOf(range.first), valueOf(range.last)];
  return first <= found.value && found.value <= last;
};

const valueOf = (address: string): bigint => {
  const found = addressOf(address);
  if (found === undefined) throw new Error(`${address} is no address`);
  return found.value;
};
