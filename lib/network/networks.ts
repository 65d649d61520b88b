import type { IpFamily } from "./address";
import { type Cidr, overlaps } from "./cidr";

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

/** Prefix length of the part of a pod network that kube-controller-manager assigns to each node. */
export const nodePrefix = { ipv4: 24, ipv6: 64 } as const;

/** Returns true if any network of one list shares an address with any network of the other list. */
export const anyOverlap = (a: readonly Cidr[], b: readonly Cidr[]): boolean =>
  a.some((left) => b.some((right) => overlaps(left, right)));

/** The networks of a cluster, with the same families in the same order. */
export interface ClusterNetworks {
  readonly podCidr: Networks;
  readonly serviceCidr: Networks;
}
