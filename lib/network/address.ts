import { collapseIPv6Number, IPv4, IPv6 } from "ip-num";

/** A family of IP addresses, in lower case. */
export type IpFamily = "ipv4" | "ipv6";

/** Display names of the families. */
export const familyNames = { ipv4: "IPv4", ipv6: "IPv6" } as const satisfies Record<IpFamily, string>;

/** Length of an address in bits. */
export const addressBits = { ipv4: 32, ipv6: 128 } as const satisfies Record<IpFamily, number>;

/** An IP address. */
export interface Address {
  readonly family: IpFamily;
  readonly value: bigint;
  /** Canonical form: dotted decimal, or as in RFC 5952. */
  readonly text: string;
}

/** Returns the address with a value. */
export const addressAt = (family: IpFamily, value: bigint): Address => ({
  family,
  value,
  text: addressText(family, value),
});

/** Returns an address in its canonical form: dotted decimal, or as in RFC 5952. */
export const addressText = (family: IpFamily, value: bigint): string =>
  family === "ipv4" ? IPv4.fromNumber(value).toString() : collapseIPv6Number(new IPv6(value).toString());
