import { type ClusterRule, isReal, unless } from "./clusterRule";

/** Rules about what serves load balancers in one cluster, and about what wants one. */
export const loadBalancerRules: readonly ClusterRule[] = [
  {
    // In the short form a cluster without workers may keep MetalLB, which then serves nobody.
    fields: ["workerReplicas", "workers", "application", "loadBalancer", "backend"],
    check: (entry) => {
      const workers = entry.pools.reduce((sum, pool) => sum + pool.replicas, 0);
      const served = entry.short ? entry.values.application : entry.values.loadBalancer === "metallb";
      const rule = entry.short
        ? "be 1 or more where application is true, since control plane nodes announce no load balancer"
        : "be 1 or more where loadBalancer is metallb, which control plane nodes do not announce";
      const remedy = entry.short
        ? "Set workerReplicas to 1, or application to false"
        : "Add a worker, or set loadBalancer to none";
      return workers > 0 || !served || !isReal(entry)
        ? []
        : [{ key: entry.key("workerReplicas"), received: 0, rule, remedy }];
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
