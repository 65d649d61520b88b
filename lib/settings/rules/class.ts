import type { Problem } from "../../base/problem";
import { topologyGate } from "../../cluster/class/gate";
import { nodeLabels } from "../../cluster/nodeLabels";
import type { WorkerPool } from "../../cluster/spec";
import type { ClusterEntry } from "../schema/entries";
import { checkField, type ClusterRule } from "./rule";

const hasClass = ({ values }: ClusterEntry): boolean => values.class !== "";

const isTemplate = ({ values }: ClusterEntry): boolean => values.template !== "";

const poolProblems = (entry: ClusterEntry, field: string, check: (pool: WorkerPool) => Problem[]): Problem[] =>
  entry.pools.flatMap((pool, index) =>
    check(pool).map((problem) => ({ key: `${entry.key("workers")}[${index}].${field}`, ...problem })),
  );

/** Rules about a cluster with a class, and about fields that only such a cluster has. */
export const classRules: readonly ClusterRule[] = [
  {
    fields: ["class", "variables", "template"],
    check: (entry) => {
      const isUnused = Object.keys(entry.values.variables).length > 0 && (!hasClass(entry) || isTemplate(entry));
      const remedy = hasClass(entry) ? "Write them into the Cluster of the template" : "Remove it, or set class";
      const rule = isTemplate(entry)
        ? "no value beside template, whose Cluster has the variables"
        : "no value without a class";
      return checkField(!isUnused, entry, "variables", rule, remedy);
    },
  },
  {
    fields: ["class", "kubeadm", "mounts", "workers"],
    check: (entry) => {
      if (!hasClass(entry) || isTemplate(entry)) return [];
      const { kubeadm = {}, mounts } = entry.values;
      const rule = "no value beside class, whose templates define the machines";
      const remedy = "Write it into the templates of the class";
      return [
        ...checkField(Object.keys(kubeadm).length === 0, entry, "kubeadm", rule, remedy),
        ...checkField(mounts.length === 0, entry, "mounts", rule, remedy),
        ...poolProblems(entry, "type", ({ type }) =>
          type === undefined ? [] : [{ received: type, rule: "machineDeployment beside class", remedy: "Remove it" }],
        ),
        ...poolProblems(entry, "maxReplicas", ({ maxReplicas }) =>
          maxReplicas === undefined
            ? []
            : [
                {
                  received: maxReplicas,
                  rule: "no value beside class",
                  remedy: "Write the annotations into a template",
                },
              ],
        ),
        ...poolProblems(entry, "kubeadm", ({ kubeadm: settings }) =>
          settings === undefined ? [] : [{ rule, remedy }],
        ),
        ...poolProblems(entry, "mounts", ({ mounts: list }) => (list === undefined ? [] : [{ rule, remedy }])),
      ];
    },
  },
  {
    fields: ["class", "workers"],
    check: (entry) =>
      hasClass(entry) || isTemplate(entry)
        ? []
        : poolProblems(entry, "class", ({ workerClass }) =>
            workerClass === undefined
              ? []
              : [
                  {
                    received: workerClass,
                    rule: "no value without a class of the cluster",
                    remedy: "Remove it, or set class",
                  },
                ],
          ),
  },
  {
    fields: ["class", "healthCheck"],
    check: (entry) =>
      checkField(
        !hasClass(entry) || entry.values.healthCheck === undefined,
        entry,
        "healthCheck",
        "no value beside class, which defines the health checks",
        "Write health checks into the class",
      ),
  },
  {
    fields: ["class", "workers"],
    check: (entry) =>
      hasClass(entry)
        ? [
            ...poolProblems(entry, "taints", ({ taints = [] }) =>
              taints.length === 0
                ? []
                : [
                    {
                      received: taints.map(({ key }) => key),
                      rule: "no value beside class, whose templates define how nodes register",
                      remedy: "Write the taints into the bootstrap template of the worker class",
                    },
                  ],
            ),
            ...poolProblems(entry, "labels", ({ labels = {} }) =>
              Object.keys(nodeLabels(labels).kubelet).map((label) => ({
                received: label,
                rule: "a label that Cluster API copies to nodes, because the class defines how nodes register",
                remedy: `Write it as node.cluster.x-k8s.io/${label.split("/").at(-1)}, or write it into the bootstrap template`,
              })),
            ),
          ]
        : [],
  },
  {
    fields: ["class"],
    settings: ["featureGates"],
    check: (entry, { values: { featureGates } }) => {
      const gate = featureGates[topologyGate];
      if (!hasClass(entry) || gate === undefined || gate === "true") return [];
      const rule = `true or no value, because cluster ${entry.title} has a class`;
      return [{ key: `featureGates.${topologyGate}`, received: gate, rule, remedy: "Remove it" }];
    },
  },
];
