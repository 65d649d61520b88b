import { anyOverlap } from "../../network/networks";
import { checkField, type ClusterRule, isDocker } from "./rule";

const remedy = "Choose another private network, of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16";

/** Rules about the networks of one cluster. */
export const networkRules: readonly ClusterRule[] = [
  ...(["podCidr", "serviceCidr"] as const).map((field): ClusterRule => ({
    fields: [field],
    settings: ["networkSubnet"],
    check: (entry, { values: { networkSubnet } }) =>
      checkField(
        !isDocker(entry) || !anyOverlap(entry.values[field].list, [networkSubnet]),
        entry,
        field,
        `a network that shares no address with networkSubnet, ${networkSubnet.text}`,
        remedy,
      ),
  })),
  {
    fields: ["podCidr", "serviceCidr"],
    check: (entry) =>
      checkField(
        !anyOverlap(entry.values.podCidr.list, entry.values.serviceCidr.list),
        entry,
        "serviceCidr",
        `a network that shares no address with podCidr, ${entry.values.podCidr.text}`,
        remedy,
      ),
  },
];
