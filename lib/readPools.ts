import type { SettingTable } from "./setting";
import type { RoutePins } from "../setup/pins";
import { poolFields, taintFields } from "./clusterFields";
import type { Taint, WorkerPool } from "./clusterSpec";
import type { Problem } from "./problem";
import { readTable, type TableReading } from "./readTable";
import { asType, wrongType } from "./settingType";

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
