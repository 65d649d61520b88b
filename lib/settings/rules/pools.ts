import type { Problem } from "../../base/problem";
import { isHealthChecked } from "../../cluster/healthChecks";
import { checkField, type ClusterRule } from "./rule";

/** Variable of Cluster API's manifests that turns MachinePools off. */
const featureGate = "EXP_MACHINE_POOL";

/** Spellings of false that Go reads. */
const isOff = (value: string | undefined): boolean => /^(0|f|false)$/i.test(value ?? "");

/** Rules about MachinePools, which not every provider and not every feature of Cluster API supports. */
export const poolRules: readonly ClusterRule[] = [
  {
    fields: ["workers", "backend"],
    settings: ["featureGates"],
    check: (entry, { values }) =>
      entry.pools.flatMap(({ type }, index): Problem[] => {
        if (type !== "machinePool") return [];
        const problem = { key: `${entry.key("workers")}[${index}].type`, received: type };
        const rules = [
          ...(entry.values.backend === "inMemory"
            ? ["machineDeployment where backend is inMemory, because Cluster API simulates no MachinePools"]
            : []),
          ...(isOff(values.featureGates[featureGate])
            ? [`machineDeployment where featureGates.${featureGate} is ${values.featureGates[featureGate]}`]
            : []),
        ];
        return rules.map((rule) => ({ ...problem, rule, remedy: "Remove it, or change the other setting" }));
      }),
  },
  {
    fields: ["workers", "healthCheck", "controlPlaneReplicas"],
    check: (entry) => {
      const { healthCheck, controlPlaneReplicas } = entry.values;
      const isUseless = healthCheck !== undefined && entry.pools.length > 0 && controlPlaneReplicas === 1;
      return checkField(
        !isUseless || entry.pools.some(isHealthChecked),
        entry,
        "healthCheck",
        "no value where all pools are MachinePools, whose unhealthy machines Cluster API does not replace",
        "Remove it, add a pool of type machineDeployment, or set controlPlaneReplicas to 3",
      );
    },
  },
];
