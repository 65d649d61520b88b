import { collapseIPv6Number, IPv4, IPv6 } from "ip-num";

/** A family of IP addresses, as Kubernetes spells it in lower case. */
export type IpFamily = "ipv4" | "ipv6";

/** Families by name, as people write them. */
export const familyNames = { ipv4: "IPv4", ipv6: "IPv6" } as const satisfies Record<IpFamily, string>;

/** Length of an address in bits. */
export const addressBits = { ipv4: 32, ipv6: 128 } as const satisfies Record<IpFamily, number>;

/** An IP address. */
export interface Address {
  readonly family: IpFamily;
  readonly value: bigint;
}

/** The family a text can be of at all. */
export const familyOf = (text: string): IpFamily => (text.includes(":") ? "ipv6" : "ipv4");

/** An address as a text in its canonical form: dotted, or as RFC 5952 wants it. */
export const addressText = (family: IpFamily, value: bigint): string =>
  family === "ipv4" ? IPv4.fromNumber(value).toString() : collapseIPv6Number(new IPv6(value).toString());

/** The address a text gives in its canonical form; undefined for any other spelling, which programs read differently. */
export const addressOf = (text: string): Address | undefined => {
  const read = lenientAddress(text);
  return read && addressText(read.family, read.value) === text ? read : undefined;
};

/** The address a text gives in any spelling of IPv6, or in the canonical one of IPv4; undefined where it gives none. */
export const lenientAddress = (text: string): Address | undefined => {
  const family = familyOf(text);
  // ip-num takes a zone ("%eth0") and some dotted spellings for what they are not.
  if (!(family === "ipv4" ? /^\d{1,3}(\.\d{1,3}){3}$/ : /^[\da-f:]{2,39}$/i).test(text)) return undefined;
  try {
    const address = family === "ipv4" ? IPv4.fromDecimalDottedString(text) : new IPv6(text);
    if (family === "ipv4" && address.toString() !== text) return undefined;
    return { family, value: address.getValue() };
  } catch {
    return undefined;
  }
};
