import type { Problem } from "../../lib/base/problem";
import { isVersion, sortVersions, minorOf, versionStep } from "../../lib/versions/semver";

/** The versions that a cluster's control plane nodes run now; two of them while an upgrade is under way. */
export interface RunningVersions {
  lowest: string;
  highest: string;
}

/** Running versions by `<namespace>/<cluster>`; a cluster whose first node is not there yet is left out. */
export type RunningClusters = Readonly<Record<string, RunningVersions>>;

interface ControlPlane {
  metadata?: { namespace?: string; name?: string; labels?: Record<string, string> };
  status?: { version?: string; versions?: { version?: string }[] };
}

/** Reads `kubectl get kubeadmcontrolplanes --all-namespaces --output json`. */
export const readControlPlanes = (json: string): RunningClusters => {
  const { items = [] } = JSON.parse(json) as { items?: ControlPlane[] };
  return Object.fromEntries(
    items.flatMap(({ metadata = {}, status = {} }) => {
      const cluster = metadata.labels?.["cluster.x-k8s.io/cluster-name"];
      const found = (status.versions ?? []).flatMap(({ version }) => version ?? []);
      // A kubelet of someone's own build may call itself anything; what cannot be compared is not judged.
      const versions = sortVersions((found.length > 0 ? found : [status.version ?? ""]).filter(isVersion));
      const [lowest, highest] = [versions[0], versions.at(-1)];
      if (cluster === undefined || lowest === undefined || highest === undefined) return [];
      return [[clusterKey({ namespace: metadata.namespace ?? "default", name: cluster }), { lowest, highest }]];
    }),
  );
};

/** A cluster's key among the running ones. */
export const clusterKey = ({ namespace, name }: { namespace: string; name: string }): string => `${namespace}/${name}`;

/** A cluster as the settings want it. */
export interface RequiredVersion {
  namespace: string;
  name: string;
  kubernetesVersion: string;
}

/**
 * What stands between the versions that clusters run and the versions their settings name. Cluster API itself refuses
 * a skipped minor version only when the object is written, and a downgrade never.
 */
export const upgradeProblems = (wanted: readonly RequiredVersion[], running: RunningClusters): Problem[] =>
  wanted.flatMap(({ namespace, name, kubernetesVersion }): Problem[] => {
    const now = running[clusterKey({ namespace, name })];
    if (now === undefined) return [];
    const problem = { key: "kubernetesVersion", received: kubernetesVersion };
    if (versionStep(now.highest, kubernetesVersion) === "downgrade") {
      const rule = `${now.highest} or later, because cluster ${name} runs ${now.highest} and Kubernetes has no downgrade`;
      const remedy = `Set it to ${now.highest}; for an older one, make destroy and make up, which loses what is in it`;
      return [{ ...problem, rule, remedy }];
    }
    if (versionStep(now.lowest, kubernetesVersion) === "skip") {
      const rule = `at most one minor version above ${now.lowest}, which cluster ${name} runs`;
      const remedy = `Set it to a version of ${minorOf(now.lowest, 1)}, make up, and go on from there`;
      return [{ ...problem, rule, remedy }];
    }
    return [];
  });
