import type { AddressRange } from "../network/addressRange";
import type { Cidr } from "../network/cidr";
import { gatewayOf, ipv6LoadBalancerRange, ipv6SubnetBeside } from "../network/dockerSubnet";
import { allotRanges, slotOf, blocksOf } from "../network/loadBalancerRange";
import type { ClusterEntry } from "./schema/entries";
import type { SettingValues } from "./schema/stack";

/** The settings that determine the load balancers' ranges. */
export type RangeSettings = Pick<SettingValues, "networkSubnet" | "networkGateway" | "loadBalancerPrefix">;

/** The addresses that MetalLB assigns in a cluster, for each family of the cluster. */
export interface ClusterRanges {
  readonly ipv4?: AddressRange;
  readonly ipv6?: AddressRange;
}

/**
 * Returns the IPv4 range of each cluster with MetalLB, by the cluster's name.
 *
 * @throws ProblemError if allotRanges throws it
 */
export const allottedRanges = (values: RangeSettings, entries: readonly ClusterEntry[]): Record<string, AddressRange> =>
  allotRanges(
    values.networkSubnet,
    gatewayOf(values.networkSubnet, values.networkGateway),
    values.loadBalancerPrefix,
    entries.filter(hasBlock).map((entry) => ({
      name: entry.values.name,
      slot: entry.values.loadBalancerSlot,
      key: entry.isSingle ? "loadBalancerPrefix" : entry.key("loadBalancerSlot"),
    })),
  );

/**
 * Returns the ranges of each cluster with MetalLB, by the cluster's name. A cluster has the same slot in both families.
 * So clusters with disjoint IPv4 ranges also have disjoint IPv6 ranges.
 *
 * @param ipv6 - the Docker network's IPv6 subnet; undefined for an IPv4-only network
 * @throws ProblemError if allotRanges throws it
 */
export const familyRanges = (
  values: RangeSettings,
  entries: readonly ClusterEntry[],
  ipv6: Cidr | undefined,
): Record<string, ClusterRanges> => {
  const blocks = blocksOf(values.networkSubnet, values.loadBalancerPrefix);
  const allotted = allottedRanges(values, entries);
  return Object.fromEntries(
    entries.filter(hasBlock).map(({ values: { name, podCidr, loadBalancerSlot } }) => {
      const slot = loadBalancerSlot ?? slotOf(name, blocks);
      return [
        name,
        {
          ...(podCidr.ipv4 !== undefined ? { ipv4: allotted[name] } : {}),
          ...(podCidr.ipv6 !== undefined && ipv6 !== undefined ? { ipv6: ipv6LoadBalancerRange(ipv6, slot) } : {}),
        },
      ];
    }),
  );
};

/** Returns true if MetalLB assigns addresses of a block on the Docker network in the cluster. */
const hasBlock = ({ values: { loadBalancer, backend } }: ClusterEntry): boolean =>
  loadBalancer === "metallb" && backend !== "template";

/**
 * Returns the Docker network's IPv6 subnet: the subnet of the settings, or a subnet derived from networkSubnet if a
 * cluster on the network has IPv6.
 */
export const ipv6SubnetOf = (
  { networkSubnet, networkSubnetIPv6 }: Pick<SettingValues, "networkSubnet" | "networkSubnetIPv6">,
  entries: readonly ClusterEntry[],
): Cidr | undefined => {
  if (networkSubnetIPv6 !== undefined) return networkSubnetIPv6;
  const isNeeded = entries.some(({ values }) => values.backend === "docker" && values.podCidr.ipv6 !== undefined);
  return isNeeded ? ipv6SubnetBeside(networkSubnet) : undefined;
};
