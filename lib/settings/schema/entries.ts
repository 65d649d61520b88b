import { unknown } from "zod/mini";
import { type Problem, show } from "../../base/problem";
import type { WorkerPool } from "../../cluster/spec";
import type { RoutePins } from "../../versions/pins";
import { type ClusterField, clusterFields, type ClusterValues, shortForm } from "./cluster";
import { keyAt, readTable, readValue, type TableReading } from "./read";
import { anyMap, defaultOf, listOf, type ValuesOf } from "./setting";
import { settingsSchema } from "./stack";

/** A cluster as the settings give it, before rules about several settings. */
export interface ClusterEntry {
  readonly values: ClusterValues;
  readonly pools: readonly WorkerPool[];
  /** Fields whose value is wrong by itself: they have no value. */
  readonly wrong: ReadonlySet<string>;
  /** What a field is called in the stack's settings: `clusterName`, or `clusters[1].name`. */
  readonly key: (field: ClusterField) => string;
  /** What an error shows as the value of a field: the value as given, or its default. */
  readonly received: (field: ClusterField) => unknown;
  /** What an error calls the cluster: its name, or its place where the name is wrong. */
  readonly title: string;
  /** Whether it is the one cluster of the short form. */
  readonly short: boolean;
}

/** Clusters with what is wrong about them. */
export interface EntriesReading {
  readonly entries: readonly ClusterEntry[];
  readonly problems: readonly Problem[];
}

/** The settings as they are read first: readClusters reads the entries of `clusters`, each by itself. */
export const stackSettings = { ...settingsSchema, clusters: listOf(unknown(), "") };

/** The clusters of the settings: the entries of `clusters`, or where it is empty the one that the short form describes. */
export const readClusters = (
  top: TableReading<typeof stackSettings>,
  given: Readonly<Record<string, unknown>>,
  versions: RoutePins,
): EntriesReading => {
  // A list that is wrong has no value.
  const list: readonly unknown[] | undefined = top.values.clusters;
  if (list === undefined || list.length === 0) return { entries: [shortEntry(top, versions)], problems: [] };
  const readings = list.map((entry, index) => readEntry(entry, `clusters[${index}]`, versions));
  return {
    entries: readings.flatMap(({ entry }) => entry ?? []),
    problems: [...strayKeys(given), ...readings.flatMap(({ problems }) => problems)],
  };
};

const shortEntry = ({ values, wrong }: TableReading<typeof stackSettings>, versions: RoutePins): ClusterEntry => {
  const own = Object.entries(shortForm).map(([field, key]) => [field, values[key]] as const);
  const { values: defaults } = readTable(clusterFields, { given: {}, versions, path: "" });
  // On a network that others made, their clusters may have the highest block: there the name decides, as in a list.
  const slot = values.adoptNetwork === true ? {} : { loadBalancerSlot: 0 };
  const all = { ...defaults, ...Object.fromEntries(own), ...slot };
  return {
    values: all,
    pools: shortPools(values.workerReplicas),
    wrong: new Set(Object.entries(shortForm).flatMap(([field, key]) => (wrong.has(key) ? [field] : []))),
    key: (field) => shortForm[field as keyof typeof shortForm] ?? field,
    received: (field) => all[field],
    title: wrong.has(shortForm.name) ? "of the stack" : values.clusterName,
    short: true,
  };
};

/** Without replicas there is no pool, so that no object stands for nothing. */
const shortPools = (replicas: number): WorkerPool[] => (replicas === 0 ? [] : [{ name: "md-0", replicas }]);

/** Settings of the short form that say something; their defaults, which Pulumi passes on too, say nothing. */
const strayKeys = (given: Readonly<Record<string, unknown>>): Problem[] =>
  Object.entries(shortForm).flatMap(([field, key]) => {
    if (!Object.hasOwn(given, key) || asText(given[key]) === asText(defaultOf(settingsSchema[key]))) return [];
    const rule = "be left out where clusters lists the clusters";
    return [{ key, received: given[key], rule, remedy: `Move it into an entry of clusters as ${field}, or remove it` }];
  });

/** A value as Pulumi passes it on. */
const asText = (value: unknown): string => (typeof value === "string" ? value : show(value));

const readEntry = (
  received: unknown,
  path: string,
  versions: RoutePins,
): { entry?: ClusterEntry; problems: readonly Problem[] } => {
  const { value: given, problems: ofType } = readValue(anyMap, received, path);
  if (given === undefined) return { problems: ofType };
  const has = (field: ClusterField): boolean => Object.hasOwn(given, field);
  const { values, problems, wrong } = readTable(clusterFields, { given, versions, path });
  const isTwice = has("workers") && has("workerReplicas");
  const all = { ...values, ...fallbacks(values, given) };
  const entry: ClusterEntry = {
    values: all,
    pools: has("workers") ? (values.workers ?? []) : shortPools(values.workerReplicas),
    wrong: new Set([...wrong, ...(isTwice ? ["workers"] : [])]),
    key: (field) => keyAt(path, field),
    received: (field) => (has(field) ? given[field] : all[field]),
    title: wrong.has("name") ? path : all.name,
    short: false,
  };
  const both: Problem = {
    key: `${path}.workers`,
    rule: "not stand beside workerReplicas, which is the short form of one pool md-0",
    remedy: "Remove one of the two",
  };
  const backend: Problem = {
    key: `${path}.backend`,
    received: given["backend"],
    rule: "not stand beside template, which says where the machines are",
    remedy: "Remove one of the two",
  };
  const isPlaced = has("template") && has("backend");
  return { entry, problems: [...problems, ...(isTwice ? [both] : []), ...(isPlaced ? [backend] : [])] };
};

/** Defaults that follow from other fields: a cluster without pods has no pod network, and so on. */
const fallbacks = (
  { backend, loadBalancer }: ValuesOf<typeof clusterFields>,
  given: Readonly<Record<string, unknown>>,
): Partial<ClusterValues> => {
  const has = (field: ClusterField): boolean => Object.hasOwn(given, field);
  const isPretended = backend === "inMemory";
  const isElsewhere = typeof given["template"] === "string" && given["template"] !== "";
  const balancer = has("loadBalancer") || !(isPretended || isElsewhere) ? loadBalancer : "none";
  return {
    ...(isElsewhere ? { backend: "template" } : {}),
    ...(isPretended && !has("cni") ? { cni: "none" } : {}),
    loadBalancer: balancer,
    ...(has("application") ? {} : { application: balancer !== "none" }),
  };
};
