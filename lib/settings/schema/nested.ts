import type { Problem } from "../../base/problem";
import type { Taint, WorkerPool, HealthCheck, NodeCondition } from "../../cluster/spec";
import type { RoutePins } from "../../versions/pins";
import { poolFields, taintFields, healthCheckFields, nodeConditionFields } from "./cluster";
import { readTable, type TableReading } from "./readTable";
import { type SettingTable, asType, wrongType } from "./setting";

/** A cluster's worker pools with their labels and taints, and what is wrong about them. */
export const readPools = (
  received: unknown,
  path: string,
  versions: RoutePins,
): { pools: WorkerPool[]; problems: Problem[] } => {
  const list = readList(received, path, poolFields, versions);
  const problems = [...list.problems];
  const pools = list.items.map(({ values, path: place }): WorkerPool => {
    const taints = readList(values["taints"], `${place}.taints`, taintFields, versions);
    problems.push(...taints.problems);
    const labels = values["labels"] as Record<string, string>;
    return {
      name: values["name"] as string,
      replicas: values["replicas"] as number,
      ...(Object.keys(labels ?? {}).length > 0 ? { labels } : {}),
      ...(taints.items.length > 0 ? { taints: taints.items.map((taint) => taintOf(taint.values)) } : {}),
    };
  });
  return { pools, problems };
};

const taintOf = ({ key, value, effect }: TableReading["values"]): Taint => ({
  key: key as string,
  ...(value === "" ? {} : { value: value as string }),
  effect: effect as Taint["effect"],
});

/** The maps of a list, each read by a table, and what is wrong about them. */
export const readList = (received: unknown, path: string, fields: SettingTable, versions: RoutePins) => {
  const problems: Problem[] = [];
  const items = (Array.isArray(received) ? (received as unknown[]) : []).flatMap((item, index) => {
    const place = `${path}[${index}]`;
    const given = asType("object", item) as Record<string, unknown> | undefined;
    if (given === undefined) {
      problems.push(wrongType(place, "object", item));
      return [];
    }
    const reading = readTable(fields, { given, versions, path: place });
    problems.push(...reading.problems);
    return [{ values: reading.values, path: place }];
  });
  return { items, problems };
};

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
