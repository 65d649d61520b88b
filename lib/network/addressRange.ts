import { addressOf, addressText, familyOf, type IpFamily } from "./address";
import type { Cidr } from "./cidr";

/** Consecutive addresses of one family, including both ends. */
export interface AddressRange {
  readonly first: string;
  readonly last: string;
  /** Number of addresses. */
  readonly size: number;
  /** `first-last`, the format of MetalLB. */
  readonly text: string;
}

/** Returns the range between two addresses as numbers. */
export const rangeOf = (first: bigint, last: bigint, family: IpFamily = "ipv4"): AddressRange => {
  const [from, to] = [addressText(family, first), addressText(family, last)];
  return { first: from, last: to, size: Number(last - first + 1n), text: `${from}-${to}` };
};

/** Returns all addresses of a network as a range. */
export const networkRange = ({ first, last, family }: Cidr): AddressRange => rangeOf(first, last, family);

/** Returns the family of a network or range. */
export const rangeFamily = (range: AddressRange | Cidr): IpFamily =>
  "family" in range ? range.family : familyOf(range.first);

/** Returns true if a network or range contains an address; false for an invalid address. */
export const contains = (range: AddressRange | Cidr, address: string): boolean => {
  const parsed = addressOf(address);
  if (parsed === undefined || parsed.family !== rangeFamily(range)) return false;
  const [first, last] = "family" in range ? [range.first, range.last] : [valueOf(range.first), valueOf(range.last)];
  return first <= parsed.value && parsed.value <= last;
};

const valueOf = (address: string): bigint => {
  const parsed = addressOf(address);
  if (parsed === undefined) throw new Error(`address range: expected an IP address, got ${JSON.stringify(address)}`);
  return parsed.value;
};
