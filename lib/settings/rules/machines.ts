import type { Problem } from "../../base/problem";
import { canLabelNode, controlPlaneLabel, nodeLabels, nodeLabelsArgument } from "../../cluster/nodeLabels";
import type { Taint, WorkerPool } from "../../cluster/spec";
import { type ClusterRule, isDocker } from "./rule";

/** Limits of the CRDs of Cluster API. */
const limits = { argument: 1024, taints: 100, conditions: 100 } as const;

/** Taints that Cluster API adds to nodes and removes from them itself. */
const ownTaints = ["node.cluster.x-k8s.io/uninitialized", "node.cluster.x-k8s.io/outdated-revision"];

/** Returns the problems of each pool, with the key of the pool's field. */
const forPools =
  (
    field: "labels" | "taints",
    check: (pool: WorkerPool) => Pick<Problem, "received" | "rule" | "remedy">[],
  ): ClusterRule["check"] =>
  (entry) =>
    entry.pools.flatMap((pool, index) =>
      check(pool).map((problem) => ({ key: `${entry.key("workers")}[${index}].${field}`, ...problem })),
    );

/** Returns the key of a label that says the same: a role, or the name in the user's own domain. */
const allowedKey = (key: string, value: string): string =>
  key === "kubernetes.io/role" ? `node-role.kubernetes.io/${value}` : `example.org/${key.split("/").at(-1)}`;

const onDocker =
  (check: ClusterRule["check"]): ClusterRule["check"] =>
  (entry, stack) =>
    isDocker(entry) ? check(entry, stack) : [];

const repeated = (taints: readonly Taint[]): Taint[] =>
  taints.filter(
    ({ key, effect }, index) => taints.findIndex((other) => other.key === key && other.effect === effect) < index,
  );

/** Rules of the kubelet, the API server and Cluster API's CRDs, which would refuse machines or nodes after their creation. */
export const machineRules: readonly ClusterRule[] = [
  {
    fields: ["workers", "backend"],
    check: onDocker(
      forPools("labels", ({ labels = {} }) =>
        Object.entries(labels)
          .filter(([key]) => !canLabelNode(key))
          .map(([key, value]) => ({
            received: key,
            rule: "a label that a kubelet may set, because it does not start with others of kubernetes.io and k8s.io",
            remedy: `Write it as ${allowedKey(key, value)}`,
          })),
      ),
    ),
  },
  {
    fields: ["workers"],
    check: forPools("labels", ({ labels = {} }) =>
      Object.hasOwn(labels, controlPlaneLabel)
        ? [
            {
              received: controlPlaneLabel,
              rule: "no role control-plane, by which Cluster API finds the nodes of the control plane",
              remedy: "Choose another name for the role",
            },
          ]
        : [],
    ),
  },
  {
    fields: ["workers"],
    check: forPools("labels", ({ labels = {} }) => {
      const { length } = nodeLabelsArgument(nodeLabels(labels).kubelet);
      const rule = `at most ${limits.argument} characters of labels for the kubelet, written as key=value with commas`;
      return length <= limits.argument
        ? []
        : [{ received: length, rule, remedy: "Shorten the labels, or set some of them with kubectl" }];
    }),
  },
  {
    fields: ["workers"],
    check: forPools("taints", ({ taints = [] }) => [
      ...repeated(taints).map(({ key, effect }) => ({
        received: `${key}:${effect}`,
        rule: "each key once for an effect, because the API server refuses a node with two",
        remedy: "Remove one of the two, or change the effect",
      })),
      ...taints
        .filter(({ key }) => ownTaints.includes(key))
        .map(({ key }) => ({
          received: key,
          rule: "no taint that Cluster API adds and removes itself",
          remedy: "Choose a key of your own domain",
        })),
      ...(taints.length > limits.taints
        ? [{ received: taints.length, rule: `at most ${limits.taints} taints`, remedy: "Remove some of them" }]
        : []),
    ]),
  },
  {
    fields: ["healthCheck"],
    check: (entry) => {
      const { length = 0 } = entry.values.healthCheck?.unhealthyNodeConditions ?? [];
      const rule = `at most ${limits.conditions} conditions`;
      const key = `${entry.key("healthCheck")}.unhealthyNodeConditions`;
      return length <= limits.conditions ? [] : [{ key, received: length, rule, remedy: "Remove some of them" }];
    },
  },
];
