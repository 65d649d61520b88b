import { refuse } from "../base/problem";
import type { IpFamily } from "./address";
import { type Cidr, overlaps, parseNetwork } from "./cidr";

/** The networks of a setting: one, or with a comma between them one of each family, the primary family first. */
export const splitCidrs = (text: string): string[] => text.split(",");

/** The networks of a setting, read; throws as parseCidr does, and for more than one of a family. */
export const parseNetworks = (text: string): Cidr[] => {
  const networks = splitCidrs(text).map(parseNetwork);
  if (networks.length <= 2 && new Set(networks.map(({ family }) => family)).size === networks.length) return networks;
  return refuse({
    received: text,
    rule: "be one network, or one of IPv4 and one of IPv6 with a comma between them",
    remedy: "Write it as 10.0.0.0/16,fd00:10::/56, the primary family first",
  });
};

/** The families of a setting's networks, the primary one first. */
export const familiesOf = (text: string): IpFamily[] => parseNetworks(text).map(({ family }) => family);

/** Whether any network of one setting shares an address with any of another. */
export const anyOverlap = (a: string, b: string): boolean => {
  const others = parseNetworks(b);
  return parseNetworks(a).some((one) => others.some((other) => overlaps(one, other)));
};

/** What a cluster's addresses are: one family, or two (dual stack) with the primary one first. */
export const clusterFamilies = ({ podCidr }: { podCidr: string }): IpFamily[] => familiesOf(podCidr);

/** Families by name, as people write them. */
export const familyNames = { ipv4: "IPv4", ipv6: "IPv6" } as const satisfies Record<IpFamily, string>;
