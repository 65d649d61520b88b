import type { RoutePins } from "../setup/pins";
import type { HealthCheck, NodeCondition } from "./clusterSpec";
import { healthCheckFields, nodeConditionFields } from "./healthCheckFields";
import type { Problem } from "./problem";
import { readList } from "./readPools";
import { readTable } from "./readTable";

/** What Cluster API's own examples take: a node that says it is not Ready, and one that says nothing. */
const usual: NodeCondition[] = (["Unknown", "False"] as const).map((status) => ({
  type: "Ready",
  status,
  timeoutSeconds: 300,
}));

/** A cluster's health check with its defaults; none where nothing is given, and what is wrong about it. */
export const readHealthCheck = (
  received: unknown,
  path: string,
  versions: RoutePins,
): { healthCheck?: HealthCheck; problems: readonly Problem[] } => {
  // Of what is no map the table of the cluster has told.
  if (typeof received !== "object" || received === null) return { problems: [] };
  const { values, problems } = readTable(healthCheckFields, {
    given: received as Record<string, unknown>,
    versions,
    path,
  });
  const given = readList(
    values["unhealthyNodeConditions"],
    `${path}.unhealthyNodeConditions`,
    nodeConditionFields,
    versions,
  );
  const conditions = given.items.map((item) => ({ ...item.values }) as unknown as NodeCondition);
  const atMost = values["unhealthyLessThanOrEqualTo"] as string;
  return {
    healthCheck: {
      nodeStartupTimeoutSeconds: values["nodeStartupTimeoutSeconds"] as number,
      unhealthyNodeConditions: conditions.length > 0 ? conditions : usual,
      ...(atMost ? { unhealthyLessThanOrEqualTo: atMost.endsWith("%") ? atMost : Number(atMost) } : {}),
    },
    problems: [...problems, ...given.problems],
  };
};
