import { problemsOf } from "../../base/problem";
import { longestNames, refuseEqualNames } from "../../cluster/objects";
import { isControllerNamespace } from "../../kubernetes/builtIn";
import { checkField, type ClusterRule } from "./rule";

/** Rules about the names of one cluster, and about the names that Cluster API derives from them. */
export const nameRules: readonly ClusterRule[] = [
  {
    fields: ["name"],
    settings: ["managementCluster"],
    check: (entry, { values: { managementCluster } }) =>
      checkField(
        entry.values.name !== managementCluster,
        entry,
        "name",
        "a name other than managementCluster, because kind and Cluster API label containers alike",
        "Rename one of the two",
      ),
  },
  {
    fields: ["namespace"],
    check: (entry) =>
      checkField(
        !isControllerNamespace(entry.values.namespace),
        entry,
        "namespace",
        "a namespace without a controller, because the controller's owner creates and deletes its namespace",
        "Choose another namespace, for example default",
      ),
  },
  {
    fields: ["name", "workers"],
    check: (entry) => {
      // clusterObjects has the same rule. The check here reports the problem together with all other problems.
      const { values, pools, key, template } = entry;
      // A template has other names, which rules about all clusters compare.
      if (template !== undefined) return [];
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
          rule: `a pool name of at most ${longestNames.machineDeployment - 1 - entry.values.name.length} characters behind ${entry.values.name}-, because Cluster API appends to it`,
          remedy: "Shorten the pool's name or the cluster's name",
        })),
  },
];
