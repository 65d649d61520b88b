import { IPv4, IPv4CidrRange, IPv6, IPv6CidrRange } from "ip-num";
import { refuse } from "../base/problem";
import { type Address, addressAt, type IpFamily } from "./address";
import { type Cidr, networkAt, refuseOtherSize } from "./cidr";
import { Networks } from "./networks";

// Only code that reads text from outside imports this file (eslint.config.mjs). All other code takes values.

/** Returns the only family that a string can belong to. */
export const familyOf = (text: string): IpFamily => (text.includes(":") ? "ipv6" : "ipv4");

/** Parses an address in its canonical form. Returns undefined for other spellings, which programs read differently. */
export const addressOf = (text: string): Address | undefined => {
  const read = lenientAddress(text);
  return read?.text === text ? read : undefined;
};

/** Parses an IPv6 address in any spelling, or an IPv4 address in its canonical form; undefined for other strings. */
export const lenientAddress = (text: string): Address | undefined => {
  const family = familyOf(text);
  // ip-num misinterprets a zone ("%eth0") and some dotted spellings.
  if (!(family === "ipv4" ? /^\d{1,3}(\.\d{1,3}){3}$/ : /^[\da-f:]{2,39}$/i).test(text)) return undefined;
  try {
    const address = family === "ipv4" ? IPv4.fromDecimalDottedString(text) : new IPv6(text);
    if (family === "ipv4" && address.toString() !== text) return undefined;
    return addressAt(family, address.getValue());
  } catch {
    return undefined;
  }
};

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

/**
 * Parses a network whose base may be any of its addresses, because Docker keeps the text of its creator. Returns undefined
 * for other texts.
 */
export const lenientNetwork = (text: string): Cidr | undefined => {
  const range = cidrOf(text, familyOf(text));
  return range && networkAt(familyOf(text), range.getFirst().getValue(), Number(range.getPrefix().getValue()));
};

/**
 * Parses one network, or one of each family, separated by a comma.
 *
 * @throws ProblemError for all other strings
 */
export const parseNetworks = (text: string): Networks => {
  const list = text.split(",").map(parseNetwork);
  if (list.length <= 2 && new Set(list.map(({ family }) => family)).size === list.length) return new Networks(list);
  return refuse({
    received: text,
    rule: "one network, or one of IPv4 and one of IPv6 with a comma between them",
    remedy: "Write the primary family first, for example 10.0.0.0/16,fd00:10::/56",
  });
};

const roomOnSubnet = "room for nodes and load balancers";

/** Prefix lengths of subnets with room for a load balancer range: from 16 addresses up to 16 million. */
const subnetPrefixes = { shortest: 8, longest: 28 } as const;

/**
 * Parses an IPv4 subnet with room for nodes and load balancers.
 *
 * @throws ProblemError for all other strings
 */
export const parseDockerSubnet = (text: string): Cidr => {
  const subnet = lenientNetwork(text);
  // The size comes first, so that no error suggests a network of another size.
  if (subnet?.family === "ipv4") refuseOtherSize(subnet, subnetPrefixes, roomOnSubnet, text);
  return parseCidr(text);
};

/** Prefix lengths of IPv6 subnets: from a site's prefix to a subnet whose upper half has a block for every slot. */
const ipv6SubnetPrefixes = { shortest: 48, longest: 96 } as const;

/**
 * Parses an IPv6 subnet of a size that the Docker network can have.
 *
 * @throws ProblemError for all other strings
 */
export const parseIPv6Subnet = (text: string): Cidr => {
  const subnet = lenientNetwork(text);
  const { shortest, longest } = ipv6SubnetPrefixes;
  if (subnet?.family !== "ipv6" || (subnet.prefix >= shortest && subnet.prefix <= longest))
    return parseCidr(text, ["ipv6"]);
  return refuse({
    received: text,
    rule: `a prefix length from /${shortest} to /${longest} (${roomOnSubnet})`,
    remedy: "Choose a unique local network, such as fd00:172:18::/64",
  });
};

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
