import { isVersion, sortVersions } from "./kubernetesVersions";

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
