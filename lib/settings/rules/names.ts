import { problemsOf } from "../../base/problem";
import { longestNames, refuseEqualNames } from "../../cluster/objects";
import { type ClusterRule, unless } from "./rule";

/** Rules about the names of one cluster and of what Cluster API derives from them. */
export const nameRules: readonly ClusterRule[] = [
  {
    fields: ["name"],
    settings: ["managementCluster"],
    check: (entry, { values: { managementCluster } }) =>
      unless(
        entry.values.name !== managementCluster,
        entry,
        "name",
        "differ from managementCluster, since kind and Cluster API label containers alike",
        "Rename one of the two",
      ),
  },
  {
    fields: ["name", "workers"],
    check: (entry) => {
      // The builder's own rule, asked here so that it is said with everything else.
      const { values, pools, key } = entry;
      const check = () => refuseEqualNames({ name: values.name, workerPools: [...pools] });
      return problemsOf(check).map((problem) => ({ ...problem, key: key("workers") }));
    },
  },
  {
    fields: ["name", "workers"],
    check: (entry) =>
      entry.pools
        .filter((pool) => `${entry.values.name}-${pool.name}`.length > longestNames.machineDeployment)
        .map((pool) => ({
          key: entry.key("workers"),
          received: pool.name,
          rule: `be at most ${longestNames.machineDeployment - 1 - entry.values.name.length} characters behind ${entry.values.name}-, for Cluster API appends to it`,
          remedy: "Shorten the pool's name, or the cluster's",
        })),
  },
];
