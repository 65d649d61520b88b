import { refuse } from "../base/problem";
import type { IpFamily } from "./address";
import { type Cidr, overlaps, parseNetwork } from "./cidr";

/** The networks of a setting: one, or one of each family with the primary family first; none for an empty setting. */
export class Networks {
  /** The setting: the networks with a comma between them. */
  readonly text: string;
  /** The families that the networks have, the primary one first. */
  readonly families: readonly IpFamily[];
  readonly ipv4?: Cidr;
  readonly ipv6?: Cidr;

  constructor(readonly list: readonly Cidr[]) {
    this.text = list.map(({ text }) => text).join();
    this.families = list.map(({ family }) => family);
    for (const network of list) this[network.family] = network;
  }

  /** Writes the value as the setting, in errors too. */
  toJSON(): string {
    return this.text;
  }
}

/** The value of an empty setting. */
export const noNetworks = new Networks([]);

/** Reads one network, or one of each family with a comma between them; throws for any other text. */
export const parseNetworks = (text: string): Networks => {
  const list = text.split(",").map(parseNetwork);
  if (list.length <= 2 && new Set(list.map(({ family }) => family)).size === list.length) return new Networks(list);
  return refuse({
    received: text,
    rule: "be one network, or one of IPv4 and one of IPv6 with a comma between them",
    remedy: "Write it as 10.0.0.0/16,fd00:10::/56, the primary family first",
  });
};

/** Whether any network of one list shares an address with any of another. */
export const anyOverlap = (a: readonly Cidr[], b: readonly Cidr[]): boolean =>
  a.some((one) => b.some((other) => overlaps(one, other)));

/** The networks of a cluster, of the same families in the same order. */
export interface ClusterNetworks {
  readonly podCidr: Networks;
  readonly serviceCidr: Networks;
}

/** The networks of a cluster as the settings have them: texts, which their own check has accepted. */
export type ClusterNetworkTexts = Readonly<Record<keyof ClusterNetworks, string>>;

/** Reads the networks of a cluster from its settings. */
export const networksOf = ({ podCidr, serviceCidr }: ClusterNetworkTexts): ClusterNetworks => ({
  podCidr: parseNetworks(podCidr),
  serviceCidr: parseNetworks(serviceCidr),
});
