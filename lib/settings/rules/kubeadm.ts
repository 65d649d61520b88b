import { asText, isRecord, listAt, valueAt } from "../../base/json";
import type { Problem } from "../../base/problem";
import { authoritiesFile, loginsFile } from "../../cluster/nodeFiles";
import type { KubeadmSettings } from "../../cluster/spec";
import type { ClusterEntry } from "../schema/entries";
import type { SettingValues } from "../schema/stack";
import { kubeadmSecretProblems } from "./kubeadmSecrets";
import { kubeadmWebhookProblems } from "./kubeadmWebhooks";
import { type ClusterRule, hasTemplate, isDocker } from "./rule";

/** A field or an argument that Slipway, Cluster API or its Docker provider sets. */
interface OwnKey {
  /** Path of the field, or of the list of arguments. */
  readonly path: readonly string[];
  /** Name of the argument in a list of `{name, value}`. */
  readonly argument?: string;
  readonly why: string;
  readonly remedy: string;
}

const registrations = ["initConfiguration", "joinConfiguration"] as const;
const ofArguments = (path: readonly string[], names: readonly string[], why: string, remedy: string): OwnKey[] =>
  names.map((argument) => ({ path, argument, why, remedy }));
const ofKubelet = (names: readonly string[], why: string, remedy: string): OwnKey[] =>
  registrations.flatMap((one) => ofArguments([one, "nodeRegistration", "kubeletExtraArgs"], names, why, remedy));

const removeIt = "Remove it";
const apiServer = ["clusterConfiguration", "apiServer", "extraArgs"];
const controllerManager = ["clusterConfiguration", "controllerManager", "extraArgs"];

/** Fields of both a cluster and a pool. */
const commonKeys: readonly OwnKey[] = [
  ...registrations.map((one): OwnKey => ({
    path: [one, "nodeRegistration", "name"],
    why: "because each node has the name of its machine",
    remedy: removeIt,
  })),
  { path: ["joinConfiguration", "discovery"], why: "because Cluster API creates the tokens", remedy: removeIt },
  ...ofKubelet(["node-ip"], "because Slipway sets it for the address families of podCidr", removeIt),
  ...ofKubelet(["hostname-override"], "because each node has the name of its machine", removeIt),
];

const clusterKeys: readonly OwnKey[] = [
  ...commonKeys,
  {
    path: ["clusterConfiguration", "controlPlaneEndpoint"],
    why: "because Cluster API sets it to the cluster's load balancer",
    remedy: removeIt,
  },
  { path: ["initConfiguration", "bootstrapTokens"], why: "because Cluster API creates the tokens", remedy: removeIt },
  ...[
    ["initConfiguration", "localAPIEndpoint"],
    ["joinConfiguration", "controlPlane"],
  ].map((path): OwnKey => ({
    path,
    why: "because Slipway sets it for the address families of podCidr",
    remedy: removeIt,
  })),
  ...[apiServer, controllerManager].flatMap((path) =>
    ofArguments(path, ["service-cluster-ip-range"], "because kubeadm sets it", "Set serviceCidr of the cluster"),
  ),
  ...ofArguments(controllerManager, ["cluster-cidr"], "because kubeadm sets it", "Set podCidr of the cluster"),
];

const onlyCluster = "because a worker joins a cluster that exists";
const poolKeys: readonly OwnKey[] = [
  ...commonKeys,
  { path: ["clusterConfiguration"], why: onlyCluster, remedy: "Move it to kubeadm of the cluster" },
  { path: ["initConfiguration"], why: onlyCluster, remedy: "Move it to joinConfiguration" },
  { path: ["joinConfiguration", "controlPlane"], why: "because a worker has no control plane", remedy: removeIt },
  {
    path: ["joinConfiguration", "nodeRegistration", "taints"],
    why: "because Slipway sets it from taints of the pool",
    remedy: "Move it to taints of the pool",
  },
  ...ofKubelet(["node-labels"], "because Slipway sets it from labels of the pool", "Move it to labels of the pool"),
  ...ofKubelet(
    ["register-with-taints"],
    "because Slipway sets it from taints of the pool",
    "Move it to taints of the pool",
  ),
];

/** Fields that Cluster API's Docker provider sets itself, or fails with: it only runs files and commands. */
const dockerKeys: readonly OwnKey[] = [
  ...ofKubelet(
    ["image-gc-high-threshold", "eviction-hard", "fail-swap-on", "cgroup-root", "runtime-cgroups"],
    "because Cluster API's Docker provider sets it",
    removeIt,
  ),
  ...[
    ["bootCommands", "Move it to preKubeadmCommands"],
    ["users", "Write a command in preKubeadmCommands that adds the user"],
    ["ntp", removeIt],
    ["mounts", "Set mounts of the cluster or the pool"],
    ["diskSetup", removeIt],
  ].map(([field = "", remedy = removeIt]): OwnKey => ({
    path: [field],
    why: "because Docker nodes only run files and commands of cloud-init",
    remedy,
  })),
];

const ownKeyProblems = (kubeadm: KubeadmSettings, key: string, keys: readonly OwnKey[]): Problem[] =>
  keys.flatMap(({ path, argument, why, remedy }): Problem[] => {
    const value = valueAt(kubeadm, ...path);
    const place = [key, ...path].join(".");
    if (argument === undefined)
      return value === undefined ? [] : [{ key: place, rule: `no value, ${why}`, got: "one", remedy }];
    return listAt(kubeadm, ...path).flatMap((item, index) =>
      valueAt(item, "name") === argument
        ? [{ key: `${place}[${index}]`, received: argument, rule: `no ${argument}, ${why}`, remedy }]
        : [],
    );
  });

/** Returns the problems of files that a setting of the stack writes too. */
const nodeFileProblems = (
  { kubeadm, key }: PlacedKubeadm,
  { caBundle, imagePullCredentials }: Pick<SettingValues, "caBundle" | "imagePullCredentials">,
): Problem[] => {
  const owners = new Map<string, string>([
    ...(caBundle === "" ? [] : [[authoritiesFile, "caBundle"] as const]),
    ...(imagePullCredentials === "none" ? [] : [[loginsFile, "imagePullCredentials"] as const]),
  ]);
  return listAt(kubeadm, "files").flatMap((file, index) => {
    const path = asText(valueAt(file, "path"));
    const owner = owners.get(path);
    const rule = `another path, because ${owner} writes this file`;
    const remedy = "Remove one of the two";
    return owner === undefined ? [] : [{ key: `${key}.files[${index}].path`, received: path, rule, remedy }];
  });
};

const beside = (key: string): Problem => ({
  key,
  rule: "no value beside template, which defines the machines",
  got: "one",
  remedy: "Remove it, and set the field in the template",
});

/** Settings of kubeadm of a cluster or of a pool, with their place. */
interface PlacedKubeadm {
  readonly kubeadm: KubeadmSettings;
  readonly key: string;
  readonly isPool: boolean;
}

/** Returns the settings of kubeadm of a cluster and its pools. */
export const kubeadmPlaces = (entry: ClusterEntry): PlacedKubeadm[] => [
  ...(isRecord(entry.values.kubeadm)
    ? [{ kubeadm: entry.values.kubeadm, key: entry.key("kubeadm"), isPool: false }]
    : []),
  ...entry.pools.flatMap(({ kubeadm }, index) =>
    kubeadm === undefined ? [] : [{ kubeadm, key: `${entry.key("workers")}[${index}].kubeadm`, isPool: true }],
  ),
];

/**
 * Rules about settings of kubeadm: fields that Slipway or a provider sets, secrets in plain text, and the webhooks of the
 * kubeadm providers. The preflight checks names and types by the CRDs.
 */
export const kubeadmRules: readonly ClusterRule[] = [
  {
    fields: ["kubeadm", "workers", "backend", "template"],
    settings: ["featureGates", "caBundle", "imagePullCredentials"],
    check: (entry, { values }) => {
      if (hasTemplate(entry)) return kubeadmPlaces(entry).map(({ key }) => beside(key));
      return kubeadmPlaces(entry).flatMap(({ kubeadm, key, isPool }) => [
        ...(isDocker(entry) ? nodeFileProblems({ kubeadm, key, isPool }, values) : []),
        ...ownKeyProblems(kubeadm, key, [...(isPool ? poolKeys : clusterKeys), ...(isDocker(entry) ? dockerKeys : [])]),
        ...kubeadmSecretProblems(kubeadm, key),
        ...kubeadmWebhookProblems(kubeadm, key, values.featureGates, isPool),
      ]);
    },
  },
];
