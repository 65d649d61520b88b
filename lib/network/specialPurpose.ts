import { refuse } from "../base/problem";
import { familyNames, type IpFamily } from "./address";
import { type Cidr, overlaps } from "./cidr";
import { parseNetwork } from "./parse";

/** A range of addresses with a purpose that excludes nodes, pods, services and load balancers. */
export interface SpecialRange {
  readonly network: Cidr;
  /** Name in IANA's registry. */
  readonly name: string;
  /** The document that the registry names, such as `RFC 5735`. */
  readonly document: string;
}

/**
 * Ranges that no network of a stack can have: IANA's special-purpose registries for IPv4 and IPv6, multicast, and the
 * blocks of IPv6 that IANA has reserved. A range inside another one comes first, so an error names the narrowest range.
 *
 * Three ranges of the registries are missing here because networks may have them: Private-Use (RFC 1918), Unique-Local
 * (RFC 4193), and Shared Address Space (100.64.0.0/10, RFC 6598). Hosts treat the shared range like a private one. A VPN or
 * a provider that uses it has a route on the host, and the check of routes finds that route.
 */
const table: readonly (readonly [network: string, name: string, document: string])[] = [
  ["0.0.0.0/32", "This host on this network", "RFC 1122"],
  ["0.0.0.0/8", "This network", "RFC 791"],
  ["127.0.0.0/8", "Loopback", "RFC 1122"],
  ["169.254.0.0/16", "Link Local", "RFC 3927"],
  ["192.0.0.0/29", "IPv4 Service Continuity Prefix", "RFC 7335"],
  ["192.0.0.8/32", "IPv4 dummy address", "RFC 7600"],
  ["192.0.0.9/32", "Port Control Protocol Anycast", "RFC 7723"],
  ["192.0.0.10/32", "Traversal Using Relays around NAT Anycast", "RFC 8155"],
  ["192.0.0.170/32", "NAT64/DNS64 Discovery", "RFC 8880"],
  ["192.0.0.171/32", "NAT64/DNS64 Discovery", "RFC 8880"],
  ["192.0.0.0/24", "IETF Protocol Assignments", "RFC 6890"],
  ["192.0.2.0/24", "Documentation (TEST-NET-1)", "RFC 5737"],
  ["192.31.196.0/24", "AS112-v4", "RFC 7535"],
  ["192.52.193.0/24", "AMT", "RFC 7450"],
  ["192.88.99.2/32", "6a44-relay anycast address", "RFC 6751"],
  ["192.88.99.0/24", "Deprecated (6to4 Relay Anycast)", "RFC 7526"],
  ["192.175.48.0/24", "Direct Delegation AS112 Service", "RFC 7534"],
  ["198.18.0.0/15", "Benchmarking", "RFC 2544"],
  ["198.51.100.0/24", "Documentation (TEST-NET-2)", "RFC 5737"],
  ["203.0.113.0/24", "Documentation (TEST-NET-3)", "RFC 5737"],
  ["224.0.0.0/4", "Multicast", "RFC 5771"],
  ["255.255.255.255/32", "Limited Broadcast", "RFC 919"],
  ["240.0.0.0/4", "Reserved", "RFC 1112"],

  ["::1/128", "Loopback Address", "RFC 4291"],
  ["::/128", "Unspecified Address", "RFC 4291"],
  ["::ffff:0:0/96", "IPv4-mapped Address", "RFC 4291"],
  ["::/96", "IPv4-compatible Address, deprecated", "RFC 4291"],
  ["64:ff9b::/96", "IPv4-IPv6 Translation (NAT64)", "RFC 6052"],
  ["64:ff9b:1::/48", "IPv4-IPv6 Translation (NAT64)", "RFC 8215"],
  ["100::/64", "Discard-Only Address Block", "RFC 6666"],
  ["100:0:0:1::/64", "Dummy IPv6 Prefix", "RFC 9780"],
  ["2001::/32", "TEREDO", "RFC 4380"],
  ["2001:1::1/128", "Port Control Protocol Anycast", "RFC 7723"],
  ["2001:1::2/128", "Traversal Using Relays around NAT Anycast", "RFC 8155"],
  ["2001:1::3/128", "DNS-SD Service Registration Protocol Anycast", "RFC 9665"],
  ["2001:2::/48", "Benchmarking", "RFC 5180"],
  ["2001:3::/32", "AMT", "RFC 7450"],
  ["2001:4:112::/48", "AS112-v6", "RFC 7535"],
  ["2001:10::/28", "Deprecated (previously ORCHID)", "RFC 4843"],
  ["2001:20::/28", "ORCHIDv2", "RFC 7343"],
  ["2001:30::/28", "Drone Remote ID Protocol Entity Tags (DETs) Prefix", "RFC 9374"],
  ["2001::/23", "IETF Protocol Assignments", "RFC 2928"],
  ["2001:db8::/32", "Documentation", "RFC 3849"],
  ["2002::/16", "6to4", "RFC 3056"],
  ["2620:4f:8000::/48", "Direct Delegation AS112 Service", "RFC 7534"],
  ["3fff::/20", "Documentation", "RFC 9637"],
  ["5f00::/16", "Segment Routing (SRv6) SIDs", "RFC 9602"],
  ["fe80::/10", "Link-Local Unicast", "RFC 4291"],
  ["fec0::/10", "Site-Local Unicast, deprecated", "RFC 3879"],
  ["ff00::/8", "Multicast", "RFC 4291"],
  // The rest of the IPv6 address space: IANA assigns unicast addresses only from 2000::/3 (and fc00::/7).
  ["::/3", "Reserved by IETF", "RFC 4291"],
  ["4000::/2", "Reserved by IETF", "RFC 4291"],
  ["8000::/2", "Reserved by IETF", "RFC 4291"],
  ["c000::/3", "Reserved by IETF", "RFC 4291"],
  ["e000::/4", "Reserved by IETF", "RFC 4291"],
  ["f000::/5", "Reserved by IETF", "RFC 4291"],
  ["f800::/6", "Reserved by IETF", "RFC 4291"],
  ["fe00::/9", "Reserved by IETF", "RFC 4291"],
];

/** All ranges that no network of a stack can have. */
export const specialRanges: readonly SpecialRange[] = table.map(([network, name, document]) => ({
  network: parseNetwork(network),
  name,
  document,
}));

/** Ranges that networks of a stack may have without a warning. */
const ownRanges: readonly Cidr[] = [
  ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"],
  "fc00::/7",
].map(parseNetwork);

/** Returns the narrowest special-purpose range that shares an address with a network; undefined if there is none. */
export const specialRangeOf = (network: Cidr): SpecialRange | undefined => {
  const overlapping = specialRanges.filter((special) => overlaps(special.network, network));
  // A range around the whole network says more about it than a single address inside the network.
  const surrounding = overlapping.find(
    ({ network: { first, last } }) => first <= network.first && network.last <= last,
  );
  return surrounding ?? overlapping[0];
};

/** Returns true if a network has addresses of hosts on the internet: unicast addresses outside of all other ranges. */
export const isPublic = (network: Cidr): boolean =>
  !ownRanges.some(
    ({ family, first, last }) => family === network.family && first <= network.first && network.last <= last,
  ) && specialRangeOf(network) === undefined;

const privateRanges: Readonly<Record<IpFamily, string>> = {
  ipv4: "10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
  ipv6: "fd00::/8",
};

/** Returns the advice to choose a private network, with an example for the family. */
export const choosePrivate = (family: IpFamily, example: string): string =>
  `Choose a network of ${privateRanges[family]}, such as ${example}`;

/**
 * Rejects a network with an address of a special-purpose range.
 *
 * @param received - the setting's text, for the error
 * @param remedy - the fix, as an imperative sentence
 * @throws ProblemError for such a network
 */
export const refuseSpecialPurpose = (network: Cidr, received: string, remedy: string): void => {
  const special = specialRangeOf(network);
  if (special === undefined) return;
  const { text } = special.network;
  const rule = `${familyNames[network.family]} addresses outside of ${text} (${special.name}, ${special.document})`;
  refuse({ received, rule, remedy });
};
