import { isAtLeast, releaseOf } from "./semver";

/** Kubernetes minor versions (of 1.x), both ends included. */
interface Minors {
  readonly from: number;
  readonly to: number;
}

/**
 * What each Cluster API supports, newest first: the Kubernetes of the management cluster and of workload clusters.
 * From Cluster API's book (reference/versions.md) and the change logs of its patch releases.
 */
const supported: readonly { since: string; management: Minors; workload: Minors }[] = [
  { since: "1.14.1", management: { from: 33, to: 37 }, workload: { from: 31, to: 37 } },
  { since: "1.14.0", management: { from: 33, to: 36 }, workload: { from: 31, to: 36 } },
  { since: "1.13.1", management: { from: 32, to: 36 }, workload: { from: 30, to: 36 } },
  { since: "1.13.0", management: { from: 32, to: 35 }, workload: { from: 30, to: 35 } },
];

/** Patch releases whose kubelet rights Cluster API learned late: an upgrade to them hangs (cluster-api#13664). */
const hangs: Readonly<Record<string, string>> = {
  "1.36.1": "1.13.2",
  "1.35.5": "1.13.2",
  "1.34.8": "1.13.2",
  "1.33.12": "1.13.2",
};

/** The oldest kind that can start a node of a minor version: kubeadm's configuration and containerd's moved on. */
const kindSince: Readonly<Record<number, string>> = { 36: "0.32.0", 37: "0.33.0" };

/** Returns the broken rule if a kind cannot create a cluster of a Kubernetes version; undefined if kind can. */
export const unsupportedByKind = (kind: string, kubernetes: string): string | undefined => {
  const minor = releaseOf(kubernetes)?.minor;
  const since = minor === undefined ? undefined : kindSince[minor];
  return since === undefined || isAtLeast(kind, since)
    ? undefined
    : `a version before 1.${minor}, because 1.${minor} requires kind ${since} (pinned: ${kind})`;
};

/** Returns the broken rule if a Cluster API does not support a Kubernetes version in a role; undefined if supported. */
export const unsupported = (
  clusterApi: string,
  role: "management" | "workload",
  kubernetes: string,
): string | undefined => {
  const release = releaseOf(kubernetes);
  const row = supported.find(({ since }) => isAtLeast(clusterApi, since));
  if (release === undefined || row === undefined) return undefined;
  const { from, to } = row[role];
  if (release.major !== 1 || release.minor < from || release.minor > to) {
    const where = role === "management" ? "in the management cluster" : "in workload clusters";
    return `a version from 1.${from} to 1.${to}, which Cluster API ${clusterApi} supports ${where}`;
  }
  const since = hangs[release.version];
  if (since === undefined || isAtLeast(clusterApi, since)) return undefined;
  return `a version other than ${release.version}, because an upgrade to it hangs before Cluster API ${since} (pinned: ${clusterApi})`;
};
