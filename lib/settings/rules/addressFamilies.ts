import type { Problem } from "../../base/problem";
import { familyNames } from "../../network/address";
import { anyOverlap, type Networks } from "../../network/networks";
import { ipv6SubnetOf } from "../ranges";
import type { ClusterEntry } from "../schema/entries";
import { type ClusterRule, nodesOf, type RuleContext, unless } from "./rule";

/** Prefix length of the part of the pods' network that each node takes, as kube-controller-manager cuts it. */
const nodePrefix = { ipv4: 24, ipv6: 64 } as const;

const namesOf = ({ families }: Networks): string => families.map((family) => familyNames[family]).join(", then ");

/** Rules about the address families of one cluster. */
export const familyRules: readonly ClusterRule[] = [
  {
    fields: ["podCidr", "controlPlaneReplicas", "workerReplicas", "workers"],
    check: (entry) => {
      const nodes = nodesOf(entry);
      return entry.values.podCidr.list.flatMap(({ family, prefix }) => {
        const size = nodePrefix[family];
        const room = 2 ** (size - prefix);
        const rule = `hold a /${size} for each of ${nodes} nodes, and holds ${room}`;
        return unless(nodes <= room, entry, "podCidr", rule, "Choose a larger network, or fewer nodes");
      });
    },
  },
  {
    fields: ["podCidr", "serviceCidr"],
    check: (entry) => {
      const { podCidr, serviceCidr } = entry.values;
      return unless(
        namesOf(podCidr) === namesOf(serviceCidr),
        entry,
        "serviceCidr",
        `be ${namesOf(podCidr)}, as podCidr is, since pods and services have the same families and the same primary one`,
        "Give both one network of each family, in one order, as 10.128.0.0/12,fd00:128::/108",
      );
    },
  },
  {
    // In a template the one variable stands for one network.
    fields: ["podCidr", "template", "loadBalancer", "loadBalancerAddresses"],
    check: (entry) => {
      const { podCidr, loadBalancerAddresses } = entry.values;
      if (loadBalancerAddresses.list.length === 0) return [];
      const sorted = ({ families }: Networks): string => [...families].sort().join();
      return unless(
        sorted(loadBalancerAddresses) === sorted(podCidr),
        entry,
        "loadBalancerAddresses",
        `have a network of each family of podCidr, ${namesOf(podCidr)}`,
        "Give one network of each, with a comma between them",
      );
    },
  },
];

/** What the Docker network's IPv6 subnet shares with a cluster on it. */
export const ipv6Problems = ({ values, wrong, entries }: RuleContext): Problem[] => {
  const right = (entry: ClusterEntry): boolean => !entry.wrong.has("podCidr") && !entry.wrong.has("serviceCidr");
  if (wrong.has("networkSubnet") || wrong.has("networkSubnetIPv6")) return [];
  const real = entries.filter((entry) => entry.values.backend === "docker" && right(entry));
  const subnet = ipv6SubnetOf(values, real);
  if (subnet === undefined) return [];
  const remedy = "Choose another unique local network, of fd00::/8";
  return real.flatMap((entry) =>
    (["podCidr", "serviceCidr"] as const).flatMap((field) =>
      unless(
        entry.values.podCidr.ipv6 === undefined || !anyOverlap(entry.values[field].list, [subnet]),
        entry,
        field,
        `share no address with the Docker network's IPv6 subnet, ${subnet.text}`,
        remedy,
      ),
    ),
  );
};
