import type { Address } from "../../lib/network/address";
import { type AddressRange, rangeOf } from "../../lib/network/addressRange";
import { addressOf } from "../../lib/network/parse";

/**
 * Parses an address that a test states or that a program printed.
 *
 * @throws Error for another string
 */
export const address = (text: string): Address => {
  const parsed = addressOf(text);
  if (parsed === undefined) throw new Error(`expected an address, got ${text}`);
  return parsed;
};

/**
 * Parses a range as outputs and MetalLB write it: `first-last`.
 *
 * @throws Error for another string
 */
export const addressRange = (text: string): AddressRange => {
  const [first, last] = text.split("-").map(address);
  if (first === undefined || last === undefined) throw new Error(`expected a range, got ${text}`);
  return rangeOf(first.value, last.value, first.family);
};
