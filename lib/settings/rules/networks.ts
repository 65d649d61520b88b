import { anyOverlap } from "../../network/networks";
import { type ClusterRule, isReal, unless } from "./rule";

const otherNetwork = "Choose another private network, of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16";

/** Rules about the networks of one cluster. */
export const networkRules: readonly ClusterRule[] = [
  ...(["podCidr", "serviceCidr"] as const).map((field): ClusterRule => ({
    fields: [field],
    settings: ["networkSubnet"],
    check: (entry, { values: { networkSubnet } }) =>
      unless(
        !isReal(entry) || !anyOverlap(entry.values[field].list, [networkSubnet]),
        entry,
        field,
        `share no address with networkSubnet, ${networkSubnet.text}`,
        otherNetwork,
      ),
  })),
  {
    fields: ["podCidr", "serviceCidr"],
    check: (entry) =>
      unless(
        !anyOverlap(entry.values.podCidr.list, entry.values.serviceCidr.list),
        entry,
        "serviceCidr",
        `share no address with podCidr, ${entry.values.podCidr.text}`,
        otherNetwork,
      ),
  },
];
