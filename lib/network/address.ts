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
}

/** Returns the only family that a string can belong to. */
export const familyOf = (text: string): IpFamily => (text.includes(":") ? "ipv6" : "ipv4");

/** Returns an address in its canonical form: dotted decimal, or as in RFC 5952. */
export const addressText = (family: IpFamily, value: bigint): string =>
  family === "ipv4" ? IPv4.fromNumber(value).toString() : collapseIPv6Number(new IPv6(value).toString());

/** Parses an address in its canonical form. Returns undefined for other spellings, which programs read differently. */
export const addressOf = (text: string): Address | undefined => {
  const read = lenientAddress(text);
  return read && addressText(read.family, read.value) === text ? read : undefined;
};

/** Parses an IPv6 address in any spelling, or an IPv4 address in its canonical form; undefined for other strings. */
export const lenientAddress = (text: string): Address | undefined => {
  const family = familyOf(text);
  // ip-num misinterprets a zone ("%eth0") and some dotted spellings.
  if (!(family === "ipv4" ? /^\d{1,3}(\.\d{1,3}){3}$/ : /^[\da-f:]{2,39}$/i).test(text)) return undefined;
  try {
    const address = family === "ipv4" ? IPv4.fromDecimalDottedString(text) : new IPv6(text);
    if (family === "ipv4" && address.toString() !== text) return undefined;
    return { family, value: address.getValue() };
  } catch {
    return undefined;
  }
};
