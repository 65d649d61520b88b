import type { AddressRange } from "../network/addressRange";
import type { Cidr } from "../network/cidr";
import { ipv6LoadBalancerRange, ipv6SubnetBeside } from "../network/dockerSubnet";
import { allotRanges, slotOf, blocksOf } from "../network/loadBalancerRange";
import type { ClusterEntry } from "./schema/entries";
import type { SettingValues } from "./schema/stack";

/** What of the settings the load balancers' ranges follow from. */
export type RangeSettings = Pick<SettingValues, "networkSubnet" | "networkGateway" | "loadBalancerPrefix">;

/** What MetalLB may give out in a cluster, in each family that it has. */
export interface ClusterRanges {
  readonly ipv4?: AddressRange;
  readonly ipv6?: AddressRange;
}

/** The IPv4 range of each cluster that MetalLB serves, by the cluster's name; throws as allotRanges does. */
export const allottedRanges = (values: RangeSettings, entries: readonly ClusterEntry[]): Record<string, AddressRange> =>
  allotRanges(
    values.networkSubnet,
    values.networkGateway,
    values.loadBalancerPrefix,
    entries.filter(isServed).map((entry) => ({
      name: entry.values.name,
      slot: entry.values.loadBalancerSlot,
      key: entry.short ? "loadBalancerPrefix" : entry.key("loadBalancerSlot"),
    })),
  );

/**
 * The ranges of each cluster that MetalLB serves, by the cluster's name. A cluster has the same slot in both families,
 * so that clusters which do not meet in IPv4 do not meet in IPv6 either; throws as allotRanges does.
 *
 * @param ipv6 the Docker network's IPv6 subnet, where it has one
 */
export const familyRanges = (
  values: RangeSettings,
  entries: readonly ClusterEntry[],
  ipv6: Cidr | undefined,
): Record<string, ClusterRanges> => {
  const blocks = blocksOf(values.networkSubnet, values.loadBalancerPrefix);
  const allotted = allottedRanges(values, entries);
  return Object.fromEntries(
    entries.filter(isServed).map(({ values: { name, podCidr, loadBalancerSlot } }) => {
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

const isServed = ({ values: { loadBalancer, backend } }: ClusterEntry): boolean =>
  loadBalancer === "metallb" && backend !== "template";

/** The Docker network's IPv6 subnet: the given one, or one beside networkSubnet where a cluster on it has IPv6. */
export const ipv6SubnetOf = (
  { networkSubnet, networkSubnetIPv6 }: Pick<SettingValues, "networkSubnet" | "networkSubnetIPv6">,
  entries: readonly ClusterEntry[],
): Cidr | undefined => {
  if (networkSubnetIPv6 !== undefined) return networkSubnetIPv6;
  const wanted = entries.some(({ values }) => values.backend === "docker" && values.podCidr.ipv6 !== undefined);
  return wanted ? ipv6SubnetBeside(networkSubnet) : undefined;
};
