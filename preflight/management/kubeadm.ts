import { isRecord, stableJson, valueAt } from "../../lib/base/json";
import { type Problem, show } from "../../lib/base/problem";
import { partsOfSpec } from "../../lib/cluster/parts";
import { clusterSpec } from "../../lib/cluster/spec";
import type { ClusterSettings } from "../../lib/settings/types";
import { isVersion, versionStep } from "../../lib/versions/semver";
import { clusterKey, type RunningClusters } from "./running";

const registration = ["nodeRegistration", "patches", "skipPhases", "timeouts"];

/** Fields of kubeadmConfigSpec that the webhook of the control plane lets change, with all fields below them. */
const changeable: readonly string[] = [
  ...["etcd", "dns", "imageRepository", "featureGates", "apiServer", "controllerManager", "scheduler"].map(
    (field) => `clusterConfiguration.${field}`,
  ),
  ...["certificateValidityPeriodDays", "encryptionAlgorithm"].map((field) => `clusterConfiguration.${field}`),
  ...[...registration, "bootstrapTokens", "localAPIEndpoint"].map((field) => `initConfiguration.${field}`),
  ...[...registration, "caCertPath", "controlPlane", "discovery"].map((field) => `joinConfiguration.${field}`),
  ...["bootCommands", "preKubeadmCommands", "postKubeadmCommands", "files", "verbosity", "users"],
  ...["ntp", "ignition", "diskSetup", "format", "mounts"],
];

const isChangeable = (path: readonly string[]): boolean =>
  path.some((_, index) => changeable.includes(path.slice(0, index + 1).join(".")));

/** Returns the paths at which a JSON merge patch would change one value to the other. */
const changedPaths = (before: unknown, after: unknown, path: readonly string[] = []): (readonly string[])[] => {
  if (stableJson(before ?? null) === stableJson(after ?? null)) return [];
  // A new map is patched field by field. A deleted map is one change.
  if (!isRecord(after) || (before !== undefined && !isRecord(before))) return [path];
  const keys = new Set([...Object.keys(before ?? {}), ...Object.keys(after)]);
  return [...keys].flatMap((key) => changedPaths(valueAt(before, key), after[key], [...path, key]));
};

/** Returns true if two control planes have different address families, so that the change replaces the cluster. */
const hasOtherFamilies = (before: unknown, after: unknown): boolean => {
  const hasIPv6 = (spec: unknown): boolean => {
    const names = valueAt(spec, "clusterConfiguration", "apiServer", "certSANs");
    return Array.isArray(names) && names.includes("::1");
  };
  return hasIPv6(before) !== hasIPv6(after);
};

const otherName = "Or give the cluster another name, which creates a cluster and destroys this one";

/**
 * Rejects changes of settings of kubeadm that the webhook of a running control plane would refuse, or that would have no
 * effect. Cluster API finds them only when the object is written.
 */
export const kubeadmChangeProblems = (clusters: readonly ClusterSettings[], running: RunningClusters): Problem[] =>
  clusters.flatMap((cluster, index) => {
    const before = running[clusterKey(cluster)]?.kubeadm;
    if (before === undefined || cluster.backend === "template" || cluster.template || cluster.class) return [];
    const { owner } = partsOfSpec(clusterSpec(cluster, cluster.backend)).controlPlane;
    const after = valueAt(owner, "spec", "kubeadmConfigSpec");
    if (hasOtherFamilies(before, after)) return [];
    const key = `clusters[${index}].kubeadm`;
    const { name } = cluster;
    return [
      ...changedPaths(before, after)
        .filter((path) => !isChangeable(path))
        .map((path) => refusedChange(path, before, after, key, name)),
      ...etcdProblems(before, after, key, name),
      ...dnsProblems(before, after, key, name),
    ];
  });

const refusedChange = (
  path: readonly string[],
  before: unknown,
  after: unknown,
  key: string,
  name: string,
): Problem => {
  const place = [key, ...path].join(".");
  const [old, received] = [valueAt(before, ...path), valueAt(after, ...path)];
  if (isRecord(old) && received === undefined)
    return {
      key: place,
      rule: `at least one field while the cluster ${name} exists, because Cluster API does not let it be removed`,
      got: "none",
      remedy: "Keep one field in it, for example nodeRegistration: {imagePullPolicy: IfNotPresent}, the default",
    };
  const value = old === undefined ? "no value" : show(old);
  const rule = `${value} while the cluster ${name} exists, because Cluster API does not let it change`;
  return {
    key: place,
    ...(received === undefined ? { got: "none" } : { received }),
    rule,
    remedy: `Set it back. ${otherName}`,
  };
};

const etcdProblems = (before: unknown, after: unknown, key: string, name: string): Problem[] => {
  const isExternal = (spec: unknown): boolean =>
    valueAt(spec, "clusterConfiguration", "etcd", "external") !== undefined;
  if (isExternal(before) === isExternal(after)) return [];
  const rule = `${isExternal(before) ? "a value" : "no value"} while the cluster ${name} exists, because etcd cannot move`;
  const place = `${key}.clusterConfiguration.etcd.external`;
  return [{ key: place, got: isExternal(after) ? "one" : "none", rule, remedy: `Set it back. ${otherName}` }];
};

const dnsProblems = (before: unknown, after: unknown, key: string, name: string): Problem[] => {
  const path = ["clusterConfiguration", "dns", "imageTag"];
  const [old, received] = [valueAt(before, ...path), valueAt(after, ...path)];
  if (typeof old !== "string" || typeof received !== "string" || !isVersion(old) || !isVersion(received)) return [];
  if (versionStep(old, received) !== "downgrade") return [];
  const rule = `${old} or later, because Cluster API does not downgrade CoreDNS of the cluster ${name}`;
  return [{ key: [key, ...path].join("."), received, rule, remedy: `Set it to ${old}` }];
};
