import { containerName, notPublished } from "../../addons/cloudProviderKind";
import type { Problem } from "../../base/problem";
import type { RoutePins } from "../../versions/pins";
import type { ClusterEntry } from "../schema/entries";
import { checkField, type ClusterRule, isDocker } from "./rule";

/** Rules about the load balancer of one cluster, and about settings that need a load balancer. */
export const loadBalancerRules: readonly ClusterRule[] = [
  {
    // A single cluster without workers may keep MetalLB, the default, although no node announces its addresses.
    fields: ["workerReplicas", "workers", "application", "loadBalancer", "backend"],
    check: (entry) => {
      const workers = entry.pools.reduce((total, pool) => total + pool.replicas, 0);
      const hasMetalLb = entry.values.loadBalancer === "metallb" && !entry.isSingle;
      if (workers > 0 || !(hasMetalLb || entry.values.application) || !isDocker(entry)) return [];
      const hasList = entry.values.workers.length > 0;
      const rule = hasMetalLb
        ? "1 or more where loadBalancer is metallb, because control plane nodes do not announce its addresses"
        : "1 or more where application is true, because control plane nodes run no pods of it and announce no load balancer";
      const remedy = hasMetalLb
        ? "Add a worker, or set loadBalancer to none"
        : `Set ${entry.isSingle ? "workerReplicas" : "workerReplicas of the cluster"} to 1, or application to false`;
      if (!hasList) return [{ key: entry.key("workerReplicas"), received: 0, rule, remedy }];
      const listRemedy = hasMetalLb
        ? "Set replicas or minReplicas of a pool to 1, or loadBalancer to none"
        : "Set replicas or minReplicas of a pool to 1, or application to false";
      return [{ key: entry.key("workers"), got: "0 nodes at least", rule, remedy: listRemedy }];
    },
  },
  {
    fields: ["workers", "application", "loadBalancer", "backend"],
    check: (entry) => {
      const pools = entry.pools.filter(({ replicas }) => replicas > 0);
      const open = pools.filter(({ taints = [] }) => taints.every(({ effect }) => effect === "PreferNoSchedule"));
      const needsNode = entry.values.loadBalancer === "metallb" || entry.values.application;
      if (pools.length === 0 || open.length > 0 || !needsNode || !isDocker(entry)) return [];
      const rule = "a pool without a taint NoSchedule or NoExecute, for the load balancer's pods and the application";
      const remedy = "Add a pool without taints, or set loadBalancer to none";
      return [{ key: entry.key("workers"), received: pools.map(({ name }) => name), rule, remedy }];
    },
  },
  {
    fields: ["application", "loadBalancer", "backend"],
    check: (entry) =>
      checkField(
        !entry.values.application || entry.values.loadBalancer !== "none" || !isDocker(entry),
        entry,
        "application",
        "false where loadBalancer is none, because no load balancer would assign an address",
        "Remove it, or choose a loadBalancer",
      ),
  },
  {
    fields: ["cni", "loadBalancer"],
    check: (entry) =>
      checkField(
        entry.values.cni !== "none" ||
          entry.values.loadBalancer !== "metallb" ||
          entry.template?.bringsNetwork === true,
        entry,
        "loadBalancer",
        "none where cni is none, because MetalLB's pods cannot start without a pod network",
        "Choose a cni, or set loadBalancer to none",
      ),
  },
];

/** Returns the problems of clusters with cloud-provider-kind: no published image, and another cluster with MetalLB. */
export const cloudProviderKindProblems = (entries: readonly ClusterEntry[], versions: RoutePins): Problem[] => {
  const clusters = entries.filter(isDocker);
  const metallb = clusters.find(({ values }) => values.loadBalancer === "metallb");
  return clusters
    .filter(({ values }) => values.loadBalancer === containerName)
    .flatMap((entry) => {
      const problem = { key: entry.key("loadBalancer"), received: containerName };
      return [
        ...(versions.cloudProviderKind === undefined ? [{ ...problem, ...notPublished }] : []),
        ...(metallb === undefined
          ? []
          : [
              {
                ...problem,
                rule: `the loadBalancer of all other clusters, because cloud-provider-kind serves every kind cluster (${metallb.title} has metallb)`,
                remedy: "Choose one of the two for all clusters",
              },
            ]),
      ];
    });
};
