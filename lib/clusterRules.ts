import type { RoutePins } from "../setup/pins";
import type { ClusterEntry } from "./clusterEntries";
import type { ClusterField } from "./clusterFields";
import { longestNames, refuseEqualNames } from "./clusterObjects";
import { anyOverlap } from "./ipFamilies";
import { type Problem, problemsOf } from "./problem";
import type { SettingKey, SettingValues } from "./settingsSchema";
import { releaseOf, unsupported } from "./support";

/** The stack's other settings, as a rule about a cluster needs them. */
export interface Surroundings {
  readonly values: SettingValues;
  readonly versions: RoutePins;
}

/** A rule about one cluster; it applies once each of the values it uses is right by itself. */
export interface ClusterRule {
  readonly fields: readonly ClusterField[];
  readonly settings?: readonly SettingKey[];
  readonly check: (entry: ClusterEntry, around: Surroundings) => readonly Problem[];
}

/** How many nodes a cluster has. */
export const nodesOf = ({ values, pools }: ClusterEntry): number =>
  values.controlPlaneReplicas + pools.reduce((sum, pool) => sum + pool.replicas, 0);

/** A problem of one field, if it is one. */
export const unless = (
  good: boolean,
  { values, key }: ClusterEntry,
  field: ClusterField,
  rule: string,
  remedy: string,
): Problem[] => (good ? [] : [{ key: key(field), received: values[field], rule, remedy }]);

const otherNetwork = "Choose another private network, of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16";

/** Pretended nodes have addresses on no network, so theirs may be any. */
const isReal = ({ values }: ClusterEntry): boolean => values.backend === "docker";

/** Rules about one cluster. */
export const clusterRules: readonly ClusterRule[] = [
  ...(["podCidr", "serviceCidr"] as const).map((field): ClusterRule => ({
    fields: [field],
    settings: ["networkSubnet"],
    check: (entry, { values: { networkSubnet } }) =>
      unless(
        !isReal(entry) || !anyOverlap(entry.values[field], networkSubnet),
        entry,
        field,
        `share no address with networkSubnet, ${networkSubnet}`,
        otherNetwork,
      ),
  })),
  {
    fields: ["podCidr", "serviceCidr"],
    check: (entry) =>
      unless(
        !anyOverlap(entry.values.podCidr, entry.values.serviceCidr),
        entry,
        "serviceCidr",
        `share no address with podCidr, ${entry.values.podCidr}`,
        otherNetwork,
      ),
  },
  {
    fields: ["name"],
    settings: ["managementCluster"],
    check: (entry, { values: { managementCluster } }) =>
      unless(
        entry.values.name !== managementCluster,
        entry,
        "name",
        "differ from managementCluster, since kind and Cluster API label containers alike",
        "Rename one of the two",
      ),
  },
  {
    // In the short form a cluster without workers may keep MetalLB, which then serves nobody.
    fields: ["workerReplicas", "workers", "application", "loadBalancer", "backend"],
    check: (entry) => {
      const workers = entry.pools.reduce((sum, pool) => sum + pool.replicas, 0);
      const served = entry.short ? entry.values.application : entry.values.loadBalancer === "metallb";
      const rule = entry.short
        ? "be 1 or more where application is true, since control plane nodes announce no load balancer"
        : "be 1 or more where loadBalancer is metallb, which control plane nodes do not announce";
      const remedy = entry.short
        ? "Set workerReplicas to 1, or application to false"
        : "Add a worker, or set loadBalancer to none";
      return workers > 0 || !served || !isReal(entry)
        ? []
        : [{ key: entry.key("workerReplicas"), received: 0, rule, remedy }];
    },
  },
  {
    fields: ["application", "loadBalancer", "backend"],
    check: (entry) =>
      unless(
        !entry.values.application || entry.values.loadBalancer !== "none" || !isReal(entry),
        entry,
        "application",
        "be false where loadBalancer is none, since nothing would give it an address",
        "Remove it, or choose a loadBalancer",
      ),
  },
  {
    fields: ["cni", "loadBalancer"],
    check: (entry) =>
      unless(
        entry.values.cni !== "none" || entry.values.loadBalancer !== "metallb",
        entry,
        "loadBalancer",
        "be none where cni is none, since MetalLB's pods cannot start without a pod network",
        "Choose a cni, or set loadBalancer to none",
      ),
  },
  {
    fields: ["backend", "cni", "loadBalancer", "application", "manifests"],
    check: (entry) => {
      const { backend, cni, loadBalancer, application, manifests } = entry.values;
      if (backend !== "inMemory") return [];
      const rule = "be left out where backend is inMemory, whose nodes run no pods";
      return [
        ...unless(cni === "none", entry, "cni", rule, "Remove it"),
        ...unless(loadBalancer === "none", entry, "loadBalancer", rule, "Remove it"),
        ...unless(!application, entry, "application", rule, "Remove it"),
        ...unless(manifests.length === 0, entry, "manifests", rule, "Remove it"),
      ];
    },
  },
  {
    fields: ["kubernetesVersion"],
    check: (entry, { versions: { clusterApi } }) => {
      const rule = unsupported(clusterApi, "workload", entry.values.kubernetesVersion);
      const remedy = "Choose another version, or leave it out for the pinned one";
      return unless(rule === undefined, entry, "kubernetesVersion", rule ?? "", remedy);
    },
  },
  {
    fields: ["nodeImage", "kubernetesVersion"],
    check: (entry) => {
      const { nodeImage, kubernetesVersion } = entry.values;
      const tagged = releaseOf(/:([^:/@]+)(@|$)/.exec(nodeImage)?.[1] ?? "");
      return unless(
        tagged === undefined || tagged === releaseOf(kubernetesVersion),
        entry,
        "nodeImage",
        `be an image of kubernetesVersion, ${kubernetesVersion}, and its tag says ${tagged}`,
        "Set both to one version, or leave nodeImage out",
      );
    },
  },
  {
    fields: ["name", "workers"],
    check: (entry) => {
      // The builder's own rule, asked here so that it is said with everything else.
      const { values, pools, key } = entry;
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
          rule: `be at most ${longestNames.machineDeployment - 1 - entry.values.name.length} characters behind ${entry.values.name}-, for Cluster API appends to it`,
          remedy: "Shorten the pool's name, or the cluster's",
        })),
  },
];
