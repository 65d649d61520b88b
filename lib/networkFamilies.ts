import type { ClusterEntry } from "./clusterEntries";
import { clusterFamilies } from "./ipFamilies";
import { ipv6SubnetBeside } from "./ipv6Subnet";
import type { SettingValues } from "./settingsSchema";

/** The Docker network's IPv6 subnet: the given one, or one beside networkSubnet where a cluster on it has IPv6. */
export const ipv6SubnetOf = (
  { networkSubnet, networkSubnetIPv6 }: Pick<SettingValues, "networkSubnet" | "networkSubnetIPv6">,
  entries: readonly ClusterEntry[],
): string | undefined => {
  if (networkSubnetIPv6 !== "") return networkSubnetIPv6;
  const wanted = entries.some(({ values }) => values.backend === "docker" && clusterFamilies(values).includes("ipv6"));
  return wanted ? ipv6SubnetBeside(networkSubnet) : undefined;
};
