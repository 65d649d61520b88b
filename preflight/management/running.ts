import type { Problem } from "../../lib/base/problem";
import { isVersion, sortVersions, minorOf, versionStep } from "../../lib/versions/semver";

/** Lowest and highest version of a cluster's control plane nodes, which differ during an upgrade. */
export interface RunningVersions {
  lowest: string;
  highest: string;
  /** kubeadmConfigSpec of the control plane, as the API server has it; absent if it has none. */
  kubeadm?: Readonly<Record<string, unknown>>;
}

/** Running versions by `<namespace>/<cluster>`, without clusters whose first node is missing. */
export type RunningClusters = Readonly<Record<string, RunningVersions>>;

interface ControlPlane {
  metadata?: { namespace?: string; name?: string; labels?: Record<string, string> };
  spec?: { kubeadmConfigSpec?: Record<string, unknown> };
  status?: { version?: string; versions?: { version?: string }[] };
}

/** Parses the output of `kubectl get kubeadmcontrolplanes --all-namespaces --output json`. */
export const readControlPlanes = (json: string): RunningClusters => {
  const { items = [] } = JSON.parse(json) as { items?: ControlPlane[] };
  return Object.fromEntries(
    items.flatMap(({ metadata = {}, spec = {}, status = {} }) => {
      const cluster = metadata.labels?.["cluster.x-k8s.io/cluster-name"];
      const nodeVersions = (status.versions ?? []).flatMap(({ version }) => version ?? []);
      // A custom kubelet may report any text as its version. Versions that cannot be compared are skipped.
      const versions = sortVersions(
        (nodeVersions.length > 0 ? nodeVersions : [status.version ?? ""]).filter(isVersion),
      );
      const [lowest, highest] = [versions[0], versions.at(-1)];
      if (cluster === undefined || lowest === undefined || highest === undefined) return [];
      const key = clusterKey({ namespace: metadata.namespace ?? "default", name: cluster });
      const { kubeadmConfigSpec: kubeadm } = spec;
      return [[key, { lowest, highest, ...(kubeadm ? { kubeadm } : {}) }]];
    }),
  );
};

/** Returns the key of a cluster in RunningClusters. */
export const clusterKey = ({ namespace, name }: { namespace: string; name: string }): string => `${namespace}/${name}`;

/** A cluster with the version from the settings. */
export interface RequiredVersion {
  namespace: string;
  name: string;
  kubernetesVersion: string;
}

/**
 * Rejects downgrades and upgrades that skip a minor version. Cluster API rejects a skipped minor version only when the
 * object is written, and never rejects a downgrade.
 *
 * @param chained - clusters, by name, that Cluster API upgrades through all versions between; default: none
 */
export const upgradeProblems = (
  wanted: readonly RequiredVersion[],
  running: RunningClusters,
  chained: Pick<ReadonlySet<string>, "has"> = new Set(),
): Problem[] =>
  wanted.flatMap(({ namespace, name, kubernetesVersion }): Problem[] => {
    const now = running[clusterKey({ namespace, name })];
    if (now === undefined) return [];
    const problem = { key: "kubernetesVersion", received: kubernetesVersion };
    if (versionStep(now.highest, kubernetesVersion) === "downgrade") {
      const rule = `${now.highest} or later, because the cluster ${name} runs this version and Kubernetes does not support downgrades`;
      const remedy = `Set it to ${now.highest}. For an older version, run make destroy and make up, which deletes everything in the cluster`;
      return [{ ...problem, rule, remedy }];
    }
    if (versionStep(now.lowest, kubernetesVersion) === "skip" && !chained.has(name)) {
      const rule = `at most one minor version above ${now.lowest}, which the cluster ${name} runs`;
      const remedy = `Set it to a version of ${minorOf(now.lowest, 1)}, run make up, then continue with the next minor version`;
      return [{ ...problem, rule, remedy }];
    }
    return [];
  });

/** Returns true if the settings create a Docker cluster, or upgrade one, which replaces all machines. */
export const rollsClusters = (
  wanted: readonly (RequiredVersion & { backend: string })[],
  running: RunningClusters,
): boolean =>
  wanted
    .filter(({ backend }) => backend === "docker")
    .some((cluster) => running[clusterKey(cluster)]?.lowest !== cluster.kubernetesVersion);
