import fc from "fast-check";
import { problemsOf } from "../../lib/base/problem";
import { partsOfSpec } from "../../lib/cluster/parts";
import { clusterSpec } from "../../lib/cluster/spec";
import type { KubernetesObject } from "../../lib/kubernetes/object";
import { readSettings } from "../../lib/settings/settings";
import { pins } from "../../lib/versions/pins";

/** Fields of one cluster, as a stack file has them. */
export type ClusterInput = Record<string, unknown>;

const alphabet = [..."abcdefghijklmnopqrstuvwxyz0123456789"];
const end = fc.constantFrom(...alphabet);
const inner = (more: string) => fc.constantFrom(...alphabet, ...more);

/** Texts from one character to the longest, with other characters than letters and digits only inside. */
const word = (longest: number, more: string): fc.Arbitrary<string> =>
  fc.oneof(
    end,
    fc
      .tuple(end, fc.array(inner(more), { maxLength: longest - 2 }), end)
      .map(([first, middle, last]) => `${first}${middle.join("")}${last}`),
    fc.tuple(fc.constant(longest), end).map(([length, letter]) => letter.repeat(length)),
  );

const domain = fc.array(word(20, "-"), { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));

const kubernetesDomain = fc.constantFrom(
  ...["kubernetes.io", "k8s.io", "node.kubernetes.io", "kubelet.kubernetes.io", "topology.kubernetes.io"],
  ...["node-role.kubernetes.io", "node-restriction.kubernetes.io", "node.cluster.x-k8s.io", "x.kubernetes.io"],
);

const key = fc.oneof(
  word(63, "-_."),
  fc.tuple(domain, word(63, "-_.")).map((parts) => parts.join("/")),
  fc.tuple(kubernetesDomain, word(20, "-_.")).map((parts) => parts.join("/")),
  fc.constantFrom("kubernetes.io/hostname", "topology.kubernetes.io/zone", "node-role.kubernetes.io/control-plane"),
);

const value = fc.oneof(fc.constant(""), word(63, "-_."));

const taint = fc.record(
  { key, value, effect: fc.constantFrom("NoSchedule", "PreferNoSchedule", "NoExecute") },
  { requiredKeys: ["key", "effect"] },
);

const pool = fc.record(
  {
    name: word(40, "-"),
    replicas: fc.integer({ min: 0, max: 5 }),
    labels: fc.dictionary(key, value, { maxKeys: 8 }),
    taints: fc.array(taint, { maxLength: 4 }),
  },
  { requiredKeys: ["name"] },
);

const condition = fc.record(
  {
    type: fc.oneof(fc.constantFrom("Ready", "DiskPressure"), key),
    status: fc.constantFrom("True", "False", "Unknown"),
    timeoutSeconds: fc.integer({ min: 1, max: 86_400 }),
  },
  { requiredKeys: [] },
);

const healthCheck = fc.record(
  {
    nodeStartupTimeoutSeconds: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 86_400 })),
    unhealthyNodeConditions: fc.array(condition, { maxLength: 5 }),
    unhealthyLessThanOrEqualTo: fc.constantFrom("", "0", "1", "999", "0%", "40%", "100%"),
  },
  { requiredKeys: [] },
);

const prefix = (shortest: number, longest: number) => fc.integer({ min: shortest, max: longest });

/** Pairs of the pods' and the services' networks, which other rules may still refuse. */
const networks = fc.oneof(
  fc.constant({}),
  fc.tuple(prefix(9, 24), prefix(12, 28)).map(([pods, services]) => ({
    podCidr: `10.0.0.0/${Math.max(pods, 9)}`,
    serviceCidr: `10.128.0.0/${services}`,
  })),
  fc.tuple(prefix(48, 64), prefix(108, 124)).map(([pods, services]) => ({
    podCidr: `fd10::/${pods}`,
    serviceCidr: `fd20::/${services}`,
  })),
  fc.tuple(prefix(9, 24), prefix(48, 60), fc.boolean()).map(([four, six, isFirst]) => {
    const pods = [`10.0.0.0/${four}`, `fd10::/${six}`];
    const services = ["10.128.0.0/16", "fd20::/112"];
    return {
      podCidr: (isFirst ? pods : pods.reverse()).join(","),
      serviceCidr: (isFirst ? services : services.reverse()).join(","),
    };
  }),
);

/** Fields of a cluster, most of them within the limits of their own rule. */
export const clusterInput: fc.Arbitrary<ClusterInput> = fc
  .tuple(
    fc.record(
      {
        name: word(43, "-"),
        namespace: word(63, "-"),
        kubernetesVersion: fc.constantFrom("v1.34.4", "1.34.0", "v1.33.1", "v1.34.4+build.5", "v1.34.0-rc.1"),
        controlPlaneReplicas: fc.constantFrom(1, 3, 5, 7),
        workers: fc.array(pool, { maxLength: 3 }),
        healthCheck,
        serviceDomain: fc.oneof(fc.constant("cluster.local"), domain),
        backend: fc.constantFrom("docker", "docker", "inMemory"),
      },
      { requiredKeys: ["name"] },
    ),
    networks,
  )
  .map(([fields, nets]) => ({
    ...fields,
    ...nets,
    ...(fields.backend === "inMemory" ? {} : { loadBalancer: "none" }),
  }));

const settingsOf = (cluster: ClusterInput) =>
  readSettings({ config: { clusters: JSON.stringify([cluster]) }, pins, route: "source" });

/** Returns whether the settings accept a cluster. */
export const isAccepted = (cluster: ClusterInput): boolean => problemsOf(() => settingsOf(cluster)).length === 0;

/** Returns the objects of Cluster API that the program creates for a cluster. */
export const objectsOfInput = (input: ClusterInput): KubernetesObject[] => {
  const [cluster] = settingsOf(input).clusters;
  if (cluster === undefined || cluster.backend === "template") throw new Error("expected a cluster without a template");
  const parts = partsOfSpec(clusterSpec(cluster, cluster.backend));
  return [
    ...[parts.cluster, parts.infrastructure, ...(parts.healthChecks ?? [])],
    ...[parts.controlPlane, ...parts.workers].flatMap(({ owner, templates }) => [owner, ...templates]),
  ];
};

/** Returns a number of accepted clusters, the same ones for the same seed. */
export const acceptedClusters = (count: number, seed: number): ClusterInput[] =>
  fc.sample(clusterInput.filter(isAccepted), { numRuns: count, seed });
