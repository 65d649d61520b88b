import { existsSync, readFileSync } from "node:fs";
import { kubeconfigFile } from "../../lib/base/paths";
import { clusterKey } from "./running";

/** Cluster objects and Secrets of a management cluster, each as `namespace/name`. */
export interface ManagedClusters {
  clusters: ReadonlySet<string>;
  secrets: ReadonlySet<string>;
}

/** Arguments of kubectl. The template prints only names, because Secrets contain keys. */
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
    new Set(rows.flatMap(([rowKind, key]) => (rowKind === kind && key !== undefined ? [key] : [])));
  return { clusters: named("Cluster"), secrets: named("Secret") };
};

interface NamedCluster {
  name: string;
  namespace: string;
}

/** Reads the kubeconfig that an earlier `up` saved for a cluster; undefined without a saved file. */
const savedKubeconfig = (stack: string, name: string): string | undefined => {
  const file = kubeconfigFile(stack, name);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
};

/**
 * Returns the saved kubeconfigs of clusters whose kubeconfig Secret was deleted, by `namespace/name`. Cluster API writes
 * the Secret again when it next reconciles the control plane. Until then Pulumi cannot read it.
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
 * Returns warnings about clusters that an earlier `up` created and whose Cluster object was deleted.
 *
 * @param project name of the Pulumi project, which is part of URNs
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
