import type { Problem } from "../../base/problem";
import { familyNames } from "../../network/address";
import { networkAround } from "../../network/cidr";
import { anyOverlap, type Networks, nodePrefix } from "../../network/networks";
import { ipv6SubnetOf } from "../ranges";
import type { ClusterEntry } from "../schema/entries";
import { exampleNetworks } from "./exampleNetworks";
import { chooseApart } from "./networks";
import { checkField, type ClusterRule, countNodes, isDocker, type RuleContext } from "./rule";

const namesOf = ({ families }: Networks): string => families.map((family) => familyNames[family]).join(", then ");

/** Rules about the address families of one cluster. */
export const familyRules: readonly ClusterRule[] = [
  {
    fields: ["podCidr", "controlPlaneReplicas", "workerReplicas", "workers"],
    check: (entry) => {
      const nodes = countNodes(entry);
      return entry.values.podCidr.list.flatMap(({ family, first, prefix, text }) => {
        const size = nodePrefix[family];
        const room = 2 ** (size - prefix);
        if (nodes <= room) return [];
        const rule = `a network with a /${size} for each of ${nodes} nodes`;
        const got = `${text} with room for ${room}`;
        const larger = networkAround(family, first, size - Math.ceil(Math.log2(nodes)));
        const remedy = `Choose fewer nodes or a larger network, for example ${larger.text}`;
        return [{ key: entry.key("podCidr"), rule, got, remedy }];
      });
    },
  },
  {
    fields: ["podCidr", "serviceCidr"],
    check: (entry) => {
      const { podCidr, serviceCidr } = entry.values;
      return checkField(
        namesOf(podCidr) === namesOf(serviceCidr),
        entry,
        "serviceCidr",
        `${namesOf(podCidr)}, as in podCidr, because pods and services have the same families in the same order`,
        `Set it to networks of these families, such as ${exampleNetworks("serviceCidr", podCidr.families, podCidr.list)}`,
      );
    },
  },
  {
    // A template has only one variable for the networks of both families.
    fields: ["podCidr", "template", "loadBalancer", "loadBalancerAddresses"],
    check: (entry) => {
      const { podCidr, loadBalancerAddresses } = entry.values;
      if (loadBalancerAddresses.list.length === 0) return [];
      const sorted = ({ families }: Networks): string => [...families].sort().join();
      return checkField(
        sorted(loadBalancerAddresses) === sorted(podCidr),
        entry,
        "loadBalancerAddresses",
        `a network of each family of podCidr, ${namesOf(podCidr)}`,
        "Write one network of each family, separated by a comma",
      );
    },
  },
];

/** Returns the overlaps of the Docker network's IPv6 subnet with networks of clusters on it. */
export const ipv6Problems = ({ values, invalid, entries }: RuleContext): Problem[] => {
  const hasNetworks = (entry: ClusterEntry): boolean =>
    !entry.invalid.has("podCidr") && !entry.invalid.has("serviceCidr");
  if (invalid.has("networkSubnet") || invalid.has("networkSubnetIPv6")) return [];
  const clusters = entries.filter((entry) => isDocker(entry) && hasNetworks(entry));
  const subnet = ipv6SubnetOf(values, clusters);
  if (subnet === undefined) return [];
  return clusters.flatMap((entry) =>
    (["podCidr", "serviceCidr"] as const).flatMap((field) =>
      checkField(
        entry.values.podCidr.ipv6 === undefined || !anyOverlap(entry.values[field].list, [subnet]),
        entry,
        field,
        `a network that shares no address with the Docker network's IPv6 subnet, ${subnet.text}`,
        chooseApart(entry, field, [values.networkSubnet, subnet]),
      ),
    ),
  );
};
