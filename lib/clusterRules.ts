import { type ClusterRule, unless } from "./clusterRule";
import { familyRules } from "./familyRules";
import { loadBalancerRules } from "./loadBalancerRules";
import { nameRules } from "./nameRules";
import { networkRules } from "./networkRules";
import { templateRules } from "./templateRules";
import { versionRules } from "./versionRules";

/** Clusters that are only pretended. */
const pretenceRules: readonly ClusterRule[] = [
  {
    fields: ["backend", "cni", "loadBalancer", "application", "manifests"],
    check: (entry) => {
      const { backend, cni, loadBalancer, application, manifests } = entry.values;
      if (backend !== "inMemory") return [];
      const rule = "be left out where backend is inMemory, whose nodes run no pods";
      return [
        ...unless(cni === "none", entry, "cni", rule, "Remove it"),
        ...unless(loadBalancer === "none", entry, "loadBalancer", rule, "Remove it"),
        ...unless(!application, entry, "application", rule, "Remove it"),
        ...unless(manifests.length === 0, entry, "manifests", rule, "Remove it"),
      ];
    },
  },
];

/** Every rule about one cluster, by noun. */
export const clusterRules: readonly ClusterRule[] = [
  ...networkRules,
  ...nameRules,
  ...loadBalancerRules,
  ...pretenceRules,
  ...versionRules,
  ...familyRules,
  ...templateRules,
];
