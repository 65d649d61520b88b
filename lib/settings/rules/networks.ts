import type { Cidr } from "../../network/cidr";
import { anyOverlap } from "../../network/networks";
import { ipv6SubnetOf } from "../ranges";
import type { ClusterEntry } from "../schema/entries";
import type { SettingValues } from "../schema/stack";
import { exampleNetworks } from "./exampleNetworks";
import { checkField, type ClusterRule, isDocker } from "./rule";

/** Returns the advice to set a field to a network that overlaps no other network of the cluster. */
export const chooseApart = (
  { values }: ClusterEntry,
  field: "podCidr" | "serviceCidr",
  subnets: readonly (Cidr | undefined)[],
): string => {
  const other = field === "podCidr" ? values.serviceCidr : values.podCidr;
  const taken = [...other.list, ...subnets.filter((subnet) => subnet !== undefined)];
  return `Choose other private networks, such as ${exampleNetworks(field, values[field].families, taken)}`;
};

const subnetsOf = (entry: ClusterEntry, values: SettingValues): (Cidr | undefined)[] =>
  isDocker(entry) ? [values.networkSubnet, ipv6SubnetOf(values, [entry])] : [];

/** Rules about the networks of one cluster. */
export const networkRules: readonly ClusterRule[] = [
  ...(["podCidr", "serviceCidr"] as const).map((field): ClusterRule => ({
    fields: ["podCidr", "serviceCidr"],
    settings: ["networkSubnet", "networkSubnetIPv6"],
    check: (entry, { values }) =>
      checkField(
        !isDocker(entry) || !anyOverlap(entry.values[field].list, [values.networkSubnet]),
        entry,
        field,
        `a network that shares no address with networkSubnet, ${values.networkSubnet.text}`,
        chooseApart(entry, field, subnetsOf(entry, values)),
      ),
  })),
  {
    fields: ["podCidr", "serviceCidr"],
    settings: ["networkSubnet", "networkSubnetIPv6"],
    check: (entry, { values }) =>
      checkField(
        !anyOverlap(entry.values.podCidr.list, entry.values.serviceCidr.list),
        entry,
        "serviceCidr",
        `a network that shares no address with podCidr, ${entry.values.podCidr.text}`,
        chooseApart(entry, "serviceCidr", subnetsOf(entry, values)),
      ),
  },
];
