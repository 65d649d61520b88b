import { containerName, notPublished } from "../../addons/cloudProviderKind";
import type { Problem } from "../../base/problem";
import type { RoutePins } from "../../versions/pins";
import type { ClusterEntry } from "../schema/entries";
import { type ClusterRule, isReal, unless } from "./rule";

/** Rules about what serves load balancers in one cluster, and about what wants one. */
export const loadBalancerRules: readonly ClusterRule[] = [
  {
    // In the short form a cluster without workers may keep MetalLB, which then serves nobody.
    fields: ["workerReplicas", "workers", "application", "loadBalancer", "backend"],
    check: (entry) => {
      const workers = entry.pools.reduce((sum, pool) => sum + pool.replicas, 0);
      const metallb = entry.values.loadBalancer === "metallb" && !entry.short;
      const served = metallb || entry.values.application;
      const rule = metallb
        ? "be 1 or more where loadBalancer is metallb, which control plane nodes do not announce"
        : "be 1 or more where application is true, since control plane nodes run no pods of it and announce no load balancer";
      const remedy = metallb
        ? "Add a worker, or set loadBalancer to none"
        : `Set ${entry.short ? "workerReplicas" : "workerReplicas of the cluster"} to 1, or application to false`;
      return workers > 0 || !served || !isReal(entry)
        ? []
        : [{ key: entry.key("workerReplicas"), received: 0, rule, remedy }];
    },
  },
  {
    fields: ["workers", "application", "loadBalancer", "backend"],
    check: (entry) => {
      const staffed = entry.pools.filter(({ replicas }) => replicas > 0);
      const open = staffed.filter(({ taints = [] }) => taints.every(({ effect }) => effect === "PreferNoSchedule"));
      const served = entry.values.loadBalancer === "metallb" || entry.values.application;
      if (staffed.length === 0 || open.length > 0 || !served || !isReal(entry)) return [];
      const rule =
        "have a node without a taint NoSchedule or NoExecute, for the load balancer's pods and the application";
      const remedy = "Add a pool without taints, or set loadBalancer to none";
      return [{ key: entry.key("workers"), received: staffed.map(({ name }) => name), rule, remedy }];
    },
  },
  {
    fields: ["application", "loadBalancer", "backend"],
    check: (entry) =>
      unless(
        !entry.values.application || entry.values.loadBalancer !== "none" || !isReal(entry),
        entry,
        "application",
        "be false where loadBalancer is none, since nothing would give it an address",
        "Remove it, or choose a loadBalancer",
      ),
  },
  {
    fields: ["cni", "loadBalancer"],
    check: (entry) =>
      unless(
        entry.values.cni !== "none" || entry.values.loadBalancer !== "metallb",
        entry,
        "loadBalancer",
        "be none where cni is none, since MetalLB's pods cannot start without a pod network",
        "Choose a cni, or set loadBalancer to none",
      ),
  },
];

/** What stands in the way of the clusters that choose it. */
export const cloudProviderKindProblems = (entries: readonly ClusterEntry[], versions: RoutePins): Problem[] => {
  const choosing = entries.filter(({ values }) => values.loadBalancer === containerName && values.backend === "docker");
  const other = entries.find(({ values }) => values.loadBalancer === "metallb" && values.backend === "docker");
  return choosing.flatMap((entry) => {
    const about = { key: entry.key("loadBalancer"), received: containerName };
    return [
      ...(versions.cloudProviderKind === undefined ? [{ ...about, ...notPublished }] : []),
      ...(other === undefined
        ? []
        : [
            {
              ...about,
              rule: `be that of every cluster with a load balancer, and ${other.title} has metallb: it serves whatever kind cluster it finds`,
              remedy: "Choose one of the two for all clusters",
            },
          ]),
    ];
  });
};
