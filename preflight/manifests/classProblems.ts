import { valueAt } from "../../lib/base/json";
import type { Problem } from "../../lib/base/problem";
import { compatibilityProblems, usedWorkerClasses, workerClassProblems } from "../../lib/cluster/class/compatibility";
import { kubernetesVersions, workerClasses } from "../../lib/cluster/class/classSpec";
import { nodeImageVariable } from "../../lib/cluster/class/nodeImages";
import { classNameOf, isTopologyCluster } from "../../lib/cluster/class/templateTopology";
import { variableProblems } from "../../lib/cluster/class/variables";
import type { WorkerPool } from "../../lib/cluster/spec";
import type { KubernetesObject } from "../../lib/kubernetes/object";
import { findObject, type LiveTopology } from "../management/topology";
import type { ClusterClassUse, StackClasses } from "./classes";

/** A cluster with a class, and the Cluster object of the settings or of a template. */
export interface TopologyCluster {
  readonly name: string;
  readonly namespace: string;
  /** Pools of the settings; empty for a template. */
  readonly workerPools: readonly WorkerPool[];
  readonly cluster: KubernetesObject;
}

/** Returns the problems of clusters with their classes, before any resource exists. */
export const topologyProblems = (
  clusters: readonly TopologyCluster[],
  classes: StackClasses,
  live: LiveTopology | undefined,
): Problem[] => [
  ...clusters.flatMap((one) => {
    const use = classes.uses.get(one.name);
    return use === undefined ? [] : clusterProblems(one, use, live);
  }),
  ...(live ? removedWorkerClasses(classes, live) : []),
];

const variablesOf = (cluster: KubernetesObject): Record<string, unknown> => {
  const list = valueAt(cluster, "spec", "topology", "variables");
  const entries = (Array.isArray(list) ? (list as unknown[]) : []).map(
    (variable) => [String(valueAt(variable, "name")), valueAt(variable, "value")] as const,
  );
  return Object.fromEntries(entries.filter(([name]) => name !== nodeImageVariable));
};

const clusterProblems = (
  { name, namespace, workerPools, cluster }: TopologyCluster,
  { clusterClass }: ClusterClassUse,
  live: LiveTopology | undefined,
): Problem[] => {
  const classes = workerClasses(clusterClass);
  const open = workerPools.filter(({ workerClass }) => workerClass === undefined);
  const unclear =
    open.length > 0 && classes.length > 1
      ? [
          {
            key: `workers of cluster ${name}`,
            rule: `a worker class for each pool, because ${clusterClass.metadata.name} has several (${classes.join(", ")})`,
            got: `none for ${open.map((pool) => pool.name).join(", ")}`,
            remedy: "Write workers with a class for each pool",
          },
        ]
      : workerClassProblems(cluster, clusterClass, `cluster ${name}`);
  return [
    ...variableProblems(clusterClass, variablesOf(cluster), name),
    ...unclear,
    ...versionProblems(cluster, clusterClass, name),
    ...rebaseProblems(clusterClass, live && findObject(live.clusters, { namespace, name }), live),
  ];
};

/** Returns a problem if a class lists its Kubernetes versions and lacks that of a cluster. */
const versionProblems = (cluster: KubernetesObject, clusterClass: KubernetesObject, name: string): Problem[] => {
  const versions = kubernetesVersions(clusterClass);
  const version = String(valueAt(cluster, "spec", "topology", "version"));
  if (versions.length === 0 || versions.includes(version)) return [];
  const rule = `a version that the class ${clusterClass.metadata.name} lists (${versions.join(", ")})`;
  const remedy = "Choose one of these versions, or add the version to kubernetesVersions of the class";
  return [{ key: `kubernetesVersion of cluster ${name}`, received: version, rule, remedy }];
};

/** Returns the problems of a running cluster whose class changes, or gets another class. */
const rebaseProblems = (
  after: KubernetesObject,
  running: KubernetesObject | undefined,
  live: LiveTopology | undefined,
): Problem[] => {
  // The step of the cluster's identity replaces a cluster that had no class.
  if (running === undefined || live === undefined || !isTopologyCluster(running)) return [];
  const { namespace = "default", name } = running.metadata;
  const before = findObject(live.classes, { namespace, name: classNameOf(running) });
  return before === undefined ? [] : compatibilityProblems({ cluster: name, before, after });
};

/** Returns the problems of classes that lose a worker class which a running cluster has. */
const removedWorkerClasses = ({ created }: StackClasses, live: LiveTopology): Problem[] =>
  [...created.values()].flatMap(({ clusterClass }) => {
    const { namespace = "default", name } = clusterClass.metadata;
    const known = workerClasses(clusterClass);
    const users = live.clusters.filter(
      (cluster) =>
        cluster.metadata.namespace === namespace && isTopologyCluster(cluster) && classNameOf(cluster) === name,
    );
    return users.flatMap((cluster) =>
      usedWorkerClasses(cluster)
        .filter(({ workerClass }) => !known.includes(workerClass))
        .map(({ pool, workerClass }) => ({
          key: `worker classes of the ClusterClass ${namespace}/${name}`,
          received: known,
          rule: `${workerClass} too, which pool ${pool} of cluster ${cluster.metadata.name} has`,
          remedy: "Keep the worker class until no cluster has it, or give the class of the file another name",
        })),
    );
  });
