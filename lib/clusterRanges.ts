import type { AddressRange } from "./addresses";
import { allotRanges } from "./allotment";
import type { ClusterEntry } from "./clusterEntries";
import type { SettingValues } from "./settingsSchema";

/** What of the settings the load balancers' ranges follow from. */
export type RangeSettings = Pick<SettingValues, "networkSubnet" | "networkGateway" | "loadBalancerPrefix">;

/** The range of each cluster that MetalLB serves, by the cluster's name; throws as allotRanges does. */
export const allottedRanges = (values: RangeSettings, entries: readonly ClusterEntry[]): Record<string, AddressRange> =>
  allotRanges(
    values.networkSubnet,
    values.networkGateway,
    values.loadBalancerPrefix,
    entries
      .filter((entry) => entry.values.loadBalancer === "metallb" && entry.values.backend !== "template")
      .map((entry) => ({
        name: entry.values.name,
        slot: entry.values.loadBalancerSlot,
        key: entry.short ? "loadBalancerPrefix" : entry.key("loadBalancerSlot"),
      })),
  );
