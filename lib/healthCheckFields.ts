import { between } from "./checks/counts";
import { labelKey } from "./checks/labels";
import { refuse } from "./problem";
import { choice, count, listOf, text } from "./setting";

/** A node's condition that makes it unhealthy, as an entry of `unhealthyNodeConditions`. */
export const nodeConditionFields = {
  type: text("Ready", "Type of the node's condition, as Ready or DiskPressure.", labelKey),
  status: choice(["Unknown", "False", "True"], "Its value that means unhealthy."),
  timeoutSeconds: count(300, "For how long it has to be so, in seconds.", between(1, 86_400)),
};

/** A cluster's health checks, by the names of Cluster API's MachineHealthCheck (v1beta2). */
export const healthCheckFields = {
  nodeStartupTimeoutSeconds: count(
    600,
    "A machine without a node after so many seconds is unhealthy; 0 turns this off.",
    between(0, 86_400),
  ),
  unhealthyNodeConditions: listOf<Record<string, unknown>>(
    nodeConditionFields,
    "Node conditions that mean unhealthy: type, status, timeoutSeconds. Default: Ready is Unknown or False for 300 s.",
  ),
  unhealthyLessThanOrEqualTo: text(
    "",
    'Machines are replaced only while at most so many of a group are unhealthy, as 40% or "1". Empty: always.',
    (value) => {
      if (/^(|\d{1,3}|\d{1,2}%|100%)$/.test(value)) return;
      refuse({ received: value, rule: "be a count or a percentage up to 100%", remedy: 'Write it as "1" or 40%' });
    },
  ),
};
