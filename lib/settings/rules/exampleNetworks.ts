import type { IpFamily } from "../../network/address";
import { type Cidr, networkAt, overlaps } from "../../network/cidr";

type Field = "podCidr" | "serviceCidr";

/** Prefix lengths of the examples, which suit both settings and a few nodes. */
const prefixes = { podCidr: { ipv4: 16, ipv6: 56 }, serviceCidr: { ipv4: 16, ipv6: 108 } } as const;

/** Second bytes of 10.x.0.0 or third groups of fd00:10:x:: with which the examples start. */
const starts = { podCidr: { ipv4: 64n, ipv6: 0x64n }, serviceCidr: { ipv4: 128n, ipv6: 0x128n } } as const;

/** Returns first addresses of private networks, in order of preference. */
const firstAddresses = (field: Field, family: IpFamily): bigint[] => {
  const start = starts[field][family];
  const numbers = Array.from({ length: 32 }, (_, index) => start + BigInt(index));
  if (family === "ipv6") return numbers.map((group) => (0xfd00_0010n << 96n) | (group << 80n));
  // A network of the user may be all of 10.0.0.0/8.
  const outside = Array.from({ length: 16 }, (_, index) => 0xac1f_0000n - (BigInt(index) << 16n));
  return [...numbers.map((byte) => 0x0a00_0000n | (byte << 16n)), ...outside];
};

/** Returns a private network for a field that shares no address with other networks. */
const exampleOf = (field: Field, family: IpFamily, taken: readonly Cidr[]): string => {
  const candidates = firstAddresses(field, family).map((first) => networkAt(family, first, prefixes[field][family]));
  const free = candidates.find((candidate) => !taken.some((other) => overlaps(candidate, other)));
  return (free ?? candidates[0])?.text ?? "";
};

/** Returns a value for a field, with families in this order, that shares no address with other networks. */
export const exampleNetworks = (field: Field, families: readonly IpFamily[], taken: readonly Cidr[]): string =>
  families.map((family) => exampleOf(field, family, taken)).join();
