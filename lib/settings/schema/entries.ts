import type { Problem } from "../../base/problem";
import type { WorkerPool, HealthCheck } from "../../cluster/spec";
import type { RoutePins } from "../../versions/pins";
import { type ClusterField, clusterFields, type ClusterValues, shortForm } from "./cluster";
import { readHealthCheck, readPools } from "./nested";
import { keyAt, readTable, type TableReading } from "./readTable";
import { asType, wrongType } from "./setting";
import { settingsSchema } from "./stack";

/** A cluster as the settings give it, before rules about several settings. */
export interface ClusterEntry {
  readonly values: ClusterValues;
  readonly pools: readonly WorkerPool[];
  readonly healthCheck?: HealthCheck;
  /** Fields whose value failed its own check. */
  readonly wrong: ReadonlySet<string>;
  /** What a field is called in the stack's settings: `clusterName`, or `clusters[1].name`. */
  readonly key: (field: ClusterField) => string;
  /** Whether it is the one cluster of the short form. */
  readonly short: boolean;
}

/** Clusters with what is wrong about them. */
export interface EntriesReading {
  readonly entries: readonly ClusterEntry[];
  readonly problems: readonly Problem[];
}

/** The clusters of the settings: the entries of `clusters`, or where it is empty the one that the short form describes. */
export const readClusters = (
  top: TableReading,
  given: Readonly<Record<string, unknown>>,
  versions: RoutePins,
): EntriesReading => {
  const list = top.values["clusters"];
  if (!Array.isArray(list) || list.length === 0) return { entries: [shortEntry(top, versions)], problems: [] };
  const readings = list.map((entry: unknown, index) => readEntry(entry, `clusters[${index}]`, versions));
  return {
    entries: readings.flatMap(({ entry }) => entry ?? []),
    problems: [...strayKeys(given), ...readings.flatMap(({ problems }) => problems)],
  };
};

const shortEntry = ({ values, wrong }: TableReading, versions: RoutePins): ClusterEntry => {
  const own = Object.entries(shortForm).map(([field, key]) => [field, values[key]] as const);
  const { values: defaults } = readTable(clusterFields, { given: {}, versions, path: "" });
  const replicas = values["workerReplicas"] as number;
  // On a network that others made, their clusters may have the highest block: there the name decides, as in a list.
  const slot = values["adoptNetwork"] === true ? {} : { loadBalancerSlot: 0 };
  return {
    values: { ...defaults, ...Object.fromEntries(own), ...slot } as ClusterValues,
    pools: shortPools(replicas),
    wrong: new Set(Object.entries(shortForm).flatMap(([field, key]) => (wrong.has(key) ? [field] : []))),
    key: (field) => shortForm[field as keyof typeof shortForm] ?? field,
    short: true,
  };
};

/** Without replicas there is no pool, so that no object stands for nothing. */
const shortPools = (replicas: number): WorkerPool[] => (replicas === 0 ? [] : [{ name: "md-0", replicas }]);

/** Settings of the short form that say something; their defaults, which Pulumi passes on too, say nothing. */
const strayKeys = (given: Readonly<Record<string, unknown>>): Problem[] =>
  Object.entries(shortForm).flatMap(([field, key]) => {
    const setting = settingsSchema[key];
    if (!Object.hasOwn(given, key) || asType(setting.type, given[key]) === setting.default) return [];
    const rule = "be left out where clusters lists the clusters";
    return [{ key, received: given[key], rule, remedy: `Move it into an entry of clusters as ${field}, or remove it` }];
  });

const readEntry = (
  received: unknown,
  path: string,
  versions: RoutePins,
): { entry?: ClusterEntry; problems: readonly Problem[] } => {
  const given = asType("object", received) as Record<string, unknown> | undefined;
  if (given === undefined) return { problems: [wrongType(path, "object", received)] };
  const has = (field: ClusterField): boolean => Object.hasOwn(given, field);
  const { values, problems, wrong } = readTable(clusterFields, { given, versions, path });
  const pools = readPools(values["workers"], `${path}.workers`, versions);
  const health = readHealthCheck(values["healthCheck"], `${path}.healthCheck`, versions);
  const twice = has("workers") && has("workerReplicas");
  const replicas = values["workerReplicas"] as number;
  const entry: ClusterEntry = {
    values: { ...values, ...fallbacks(values, has) } as ClusterValues,
    pools: has("workers") ? pools.pools : shortPools(replicas),
    ...(health.healthCheck ? { healthCheck: health.healthCheck } : {}),
    wrong: new Set([...wrong, ...(pools.problems.length > 0 || twice ? ["workers"] : [])]),
    key: (field) => keyAt(path, field),
    short: false,
  };
  const both: Problem = {
    key: `${path}.workers`,
    rule: "not stand beside workerReplicas, which is the short form of one pool md-0",
    remedy: "Remove one of the two",
  };
  const backend: Problem = {
    key: `${path}.backend`,
    received: values["backend"],
    rule: "not stand beside template, which says where the machines are",
    remedy: "Remove one of the two",
  };
  const placed = has("template") && has("backend") ? [backend] : [];
  return { entry, problems: [...problems, ...pools.problems, ...health.problems, ...(twice ? [both] : []), ...placed] };
};

/** Defaults that follow from other fields: a cluster without pods has no pod network, and so on. */
const fallbacks = (values: TableReading["values"], has: (field: ClusterField) => boolean): Partial<ClusterValues> => {
  const pretended = values["backend"] === "inMemory";
  const elsewhere = typeof values["template"] === "string" && values["template"] !== "";
  const cni = has("cni") || !pretended ? {} : { cni: "none" };
  const balanced = pretended || elsewhere ? { loadBalancer: "none" as const } : {};
  const { loadBalancer } = { ...values, ...(has("loadBalancer") ? {} : balanced) };
  return {
    ...(elsewhere ? { backend: "template" as const } : {}),
    ...cni,
    ...(has("loadBalancer") ? {} : balanced),
    ...(has("application") ? {} : { application: loadBalancer !== "none" }),
  };
};
