import { refuse } from "../base/problem";
import type { IpFamily } from "./address";
import { type Cidr, overlaps, parseNetwork } from "./cidr";

/**
 * The networks of a setting: one network, or one of each family with the primary family first; none for an empty
 * setting.
 */
export class Networks {
  /** The setting: the networks, separated by commas. */
  readonly text: string;
  /** Families of the networks, the primary family first. */
  readonly families: readonly IpFamily[];
  readonly ipv4?: Cidr;
  readonly ipv6?: Cidr;

  constructor(readonly list: readonly Cidr[]) {
    this.text = list.map(({ text }) => text).join();
    this.families = list.map(({ family }) => family);
    for (const network of list) this[network.family] = network;
  }

  /** Returns the setting's text, for JSON and errors. */
  toJSON(): string {
    return this.text;
  }
}

/** Value of an empty setting. */
export const noNetworks = new Networks([]);

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

/** Returns true if any network of one list shares an address with any network of the other list. */
export const anyOverlap = (a: readonly Cidr[], b: readonly Cidr[]): boolean =>
  a.some((left) => b.some((right) => overlaps(left, right)));

/** The networks of a cluster, with the same families in the same order. */
export interface ClusterNetworks {
  readonly podCidr: Networks;
  readonly serviceCidr: Networks;
}

/** The networks of a cluster in the settings, as validated strings. */
export type ClusterNetworkTexts = Readonly<Record<keyof ClusterNetworks, string>>;

/** Parses the networks of a cluster. */
export const networksOf = ({ podCidr, serviceCidr }: ClusterNetworkTexts): ClusterNetworks => ({
  podCidr: parseNetworks(podCidr),
  serviceCidr: parseNetworks(serviceCidr),
});
