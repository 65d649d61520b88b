import { pipe, transform } from "zod/mini";
import type { HealthCheck, NodeCondition } from "../../cluster/spec";
import { between, countOrPercentage, labelKey, zeroOrBetween } from "./checks";
import { integer, listOf, mapOf, oneOf, string } from "./setting";

/** A condition that makes a node unhealthy: an entry of `unhealthyNodeConditions`. */
export const nodeConditionFields = {
  type: string("Ready", "Type of the node condition, for example Ready or DiskPressure.", labelKey),
  status: oneOf(["Unknown", "False", "True"], "Status of the condition that means unhealthy."),
  timeoutSeconds: integer(300, "Seconds after which a node with this status is unhealthy.", between(1, 86_400)),
};

/** Health checks of a cluster, with the field names of Cluster API's MachineHealthCheck (v1beta2). */
export const healthCheckFields = {
  nodeStartupTimeoutSeconds: integer(
    600,
    "Seconds after which a machine without a node is unhealthy, at least 30; 0 disables this check.",
    zeroOrBetween(30, 86_400), // the minimum of Cluster API's webhook
  ),
  unhealthyNodeConditions: listOf(
    mapOf(nodeConditionFields),
    "Node conditions that mean unhealthy. Fields: type, status, timeoutSeconds. Default: Ready is Unknown or False for 300 seconds.",
  ),
  unhealthyLessThanOrEqualTo: string(
    "",
    'Maximum of unhealthy machines in a group, for example 40% or "1"; Cluster API replaces no machines above it. Empty: no maximum.',
    countOrPercentage,
  ),
};

/** Conditions of Cluster API's examples: a node that reports not Ready, and a node that stopped reporting. */
const defaultConditions: NodeCondition[] = (["Unknown", "False"] as const).map((status) => ({
  type: "Ready",
  status,
  timeoutSeconds: 300,
}));

/** The schema of `healthCheck`, filled in with the default conditions. */
export const healthCheck = pipe(
  mapOf(healthCheckFields),
  transform(({ nodeStartupTimeoutSeconds, unhealthyNodeConditions: conditions, ...limit }): HealthCheck => {
    const atMost = limit.unhealthyLessThanOrEqualTo;
    return {
      nodeStartupTimeoutSeconds,
      unhealthyNodeConditions: conditions.length > 0 ? conditions : defaultConditions,
      ...(atMost === "" ? {} : { unhealthyLessThanOrEqualTo: atMost.endsWith("%") ? atMost : Number(atMost) }),
    };
  }),
);
