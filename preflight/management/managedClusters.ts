import { existsSync, readFileSync } from "node:fs";
import { kubeconfigFile } from "../../lib/base/paths";
import { clusterKey } from "./running";

/** The Cluster objects of a management cluster, and the Secrets beside them, each as `namespace/name`. */
export interface ManagedClusters {
  clusters: ReadonlySet<string>;
  secrets: ReadonlySet<string>;
}

/** What kubectl is asked for; the template prints names only, since Secrets hold keys. */
export const managedClustersQuery = [
  "get",
  "clusters.cluster.x-k8s.io,secrets",
  "--all-namespaces",
  '--output=go-template={{range .items}}{{.kind}} {{.metadata.namespace}}/{{.metadata.name}}{{"\\n"}}{{end}}',
];

/** Reads kubectl's answer to `managedClustersQuery`. */
export const readManagedClusters = (text: string): ManagedClusters => {
  const rows = text.split("\n").map((line) => line.split(" "));
  const named = (kind: string): Set<string> =>
    new Set(rows.flatMap(([found, key]) => (found === kind && key !== undefined ? [key] : [])));
  return { clusters: named("Cluster"), secrets: named("Secret") };
};

interface NamedCluster {
  name: string;
  namespace: string;
}

/** The kubeconfig file that an earlier `up` wrote for a cluster; undefined if no `up` came that far. */
const savedKubeconfig = (stack: string, name: string): string | undefined => {
  const file = kubeconfigFile(stack, name);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
};

/**
 * The saved kubeconfigs of clusters whose kubeconfig Secret somebody deleted, by `namespace/name`. Cluster API writes the
 * Secret again at its next look at the control plane; until then Pulumi has nothing to read.
 */
export const kubeconfigsWithoutSecret = (
  stack: string,
  clusters: readonly NamedCluster[],
  managed: ManagedClusters | undefined,
  saved = savedKubeconfig,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    clusters.flatMap((cluster) => {
      const key = clusterKey(cluster);
      if (managed === undefined || !managed.clusters.has(key) || managed.secrets.has(`${key}-kubeconfig`)) return [];
      const text = saved(stack, cluster.name);
      return text === undefined ? [] : [[key, text] as const];
    }),
  );

/**
 * Warnings about clusters that an earlier `up` created and whose Cluster object somebody deleted.
 *
 * @param project name of Pulumi's project, which is part of URNs
 */
export const deletedClusterWarnings = (
  project: string,
  stack: string,
  clusters: readonly NamedCluster[],
  managed: ManagedClusters | undefined,
  saved = savedKubeconfig,
): string[] =>
  clusters
    .filter(({ name }) => managed !== undefined && saved(stack, name) !== undefined)
    .filter((cluster) => !managed?.clusters.has(clusterKey(cluster)))
    .map(
      ({ name, namespace }) =>
        `cluster ${namespace}/${name}: expected its Cluster object in the management cluster, got none. ` +
        `make up creates the cluster again; with plain pulumi, pass --replace ` +
        `'urn:pulumi:${stack}::${project}::slipway:index:WorkloadCluster$command:local:Command::${name}-identity'.`,
    );
