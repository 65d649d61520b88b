import { unknown } from "zod/mini";
import { type Problem, show } from "../../base/problem";
import type { Backend, WorkerPool } from "../../cluster/spec";
import type { RoutePins } from "../../versions/pins";
import { type ClusterField, clusterFields, type ClusterValues, singleClusterKeys } from "./cluster";
import { keyAt, readTable, readValue, type TableReading } from "./read";
import { anyMap, defaultOf, listOf, oneOf, type ValuesOf } from "./setting";
import { settingsSchema } from "./stack";

/** A cluster of the settings, before the rules about several settings. */
export interface ClusterEntry {
  readonly values: ClusterValues;
  readonly pools: readonly WorkerPool[];
  /** Fields with an invalid value. They have no value here. */
  readonly invalid: ReadonlySet<string>;
  /** Returns the key of a field in the stack's settings: `clusterName`, or `clusters[1].name`. */
  readonly key: (field: ClusterField) => string;
  /** Returns the value of a field for an error: the value from the settings, or the default. */
  readonly received: (field: ClusterField) => unknown;
  /** Name of the cluster in errors: its name, or its path if the name is invalid. */
  readonly title: string;
  /** True for the cluster of the single-cluster settings. */
  readonly isSingle: boolean;
}

/** Clusters and the problems of their fields. */
export interface EntriesReading {
  readonly entries: readonly ClusterEntry[];
  readonly problems: readonly Problem[];
}

/** Schemas of the stack's settings. readClusters reads each entry of `clusters` later. */
export const stackSettings = { ...settingsSchema, clusters: listOf(unknown(), "") };

/** Returns the clusters of the settings: the entries of `clusters`, or the single cluster if the list is empty. */
export const readClusters = (
  top: TableReading<typeof stackSettings>,
  input: Readonly<Record<string, unknown>>,
  versions: RoutePins,
): EntriesReading => {
  // An invalid list has no value.
  const list: readonly unknown[] | undefined = top.values.clusters;
  if (list === undefined || list.length === 0) return { entries: [singleEntry(top, versions)], problems: [] };
  const readings = list.map((entry, index) => readEntry(entry, `clusters[${index}]`, versions));
  return {
    entries: readings.flatMap(({ entry }) => entry ?? []),
    problems: [...unusedKeys(input), ...readings.flatMap(({ problems }) => problems)],
  };
};

const singleEntry = ({ values, invalid }: TableReading<typeof stackSettings>, versions: RoutePins): ClusterEntry => {
  const stated = Object.entries(singleClusterKeys).map(([field, key]) => [field, values[key]] as const);
  const { values: defaults } = readTable(clusterFields, { input: {}, versions, path: "" });
  // On an adopted network, another stack's cluster may have the highest block, so the block depends on the name.
  const slot = values.adoptNetwork === true ? {} : { loadBalancerSlot: 0 };
  const all = { ...defaults, ...Object.fromEntries(stated), ...slot };
  return {
    values: all,
    pools: defaultPools(values.workerReplicas),
    invalid: new Set(Object.entries(singleClusterKeys).flatMap(([field, key]) => (invalid.has(key) ? [field] : []))),
    key: (field) => singleClusterKeys[field as keyof typeof singleClusterKeys] ?? field,
    received: (field) => all[field],
    title: invalid.has(singleClusterKeys.name) ? "of the stack" : values.clusterName,
    isSingle: true,
  };
};

/** Returns the pool of `workerReplicas`. Zero replicas need no pool and no objects. */
const defaultPools = (replicas: number): WorkerPool[] => (replicas === 0 ? [] : [{ name: "md-0", replicas }]);

/** Finds single-cluster settings beside `clusters`. Pulumi also passes defaults to a program, so defaults are valid. */
const unusedKeys = (input: Readonly<Record<string, unknown>>): Problem[] =>
  Object.entries(singleClusterKeys).flatMap(([field, key]) => {
    if (!Object.hasOwn(input, key) || asString(input[key]) === asString(defaultOf(settingsSchema[key]))) return [];
    const rule = "no value where clusters lists the clusters";
    return [{ key, received: input[key], rule, remedy: `Move it into an entry of clusters as ${field}, or remove it` }];
  });

/** Returns a value as the string that Pulumi passes to a program. */
const asString = (value: unknown): string => (typeof value === "string" ? value : show(value));

const readEntry = (
  received: unknown,
  path: string,
  versions: RoutePins,
): { entry?: ClusterEntry; problems: readonly Problem[] } => {
  const { value: input, problems: typeProblems } = readValue(anyMap, received, path);
  if (input === undefined) return { problems: typeProblems };
  const has = (field: ClusterField): boolean => Object.hasOwn(input, field);
  const { values, problems, invalid } = readTable(clusterFields, { input, versions, path });
  const hasBothWorkers = has("workers") && has("workerReplicas");
  const all = { ...values, ...dependentDefaults(values, input) };
  // The two problems of an invalid backend beside template would contradict each other.
  const hasBothBackends = has("template") && has("backend");
  const replaced = [
    ...(hasBothBackends ? [keyAt(path, "backend")] : []),
    ...(invalid.has("loadBalancer") ? [keyAt(path, "loadBalancer")] : []),
  ];
  const entry: ClusterEntry = {
    values: all,
    pools: has("workers") ? (values.workers ?? []) : defaultPools(values.workerReplicas),
    invalid: new Set([...invalid, ...(hasBothWorkers ? ["workers"] : [])]),
    key: (field) => keyAt(path, field),
    received: (field) => (has(field) ? input[field] : all[field]),
    title: invalid.has("name") ? path : all.name,
    isSingle: false,
  };
  const workers: Problem = {
    key: `${path}.workers`,
    rule: "no value beside workerReplicas, which defines one pool md-0",
    remedy: "Remove one of the two",
  };
  const backend: Problem = {
    key: `${path}.backend`,
    received: input["backend"],
    rule: "no value beside template, which defines the machines",
    remedy: "Remove one of the two",
  };
  return {
    entry,
    problems: [
      ...problems.filter(({ key }) => key === undefined || !replaced.includes(key)),
      ...(invalid.has("loadBalancer")
        ? loadBalancerProblems(input["loadBalancer"], all.backend, keyAt(path, "loadBalancer"))
        : []),
      ...(hasBothWorkers ? [workers] : []),
      ...(hasBothBackends ? [backend] : []),
    ],
  };
};

/** Rule about fields that need pods, for a cluster with simulated nodes. */
export const noPods = "no value where backend is inMemory, because simulated nodes run no pods";

/** Returns the problems of an unknown load balancer, with the values that the cluster's backend accepts. */
const loadBalancerProblems = (received: unknown, backend: Backend | undefined, key: string): readonly Problem[] => {
  if (backend === "inMemory") return [{ key, received, rule: noPods, remedy: "Remove it" }];
  const other = backend === "template" ? "external" : "cloud-provider-kind";
  const accepted = backend === undefined ? clusterFields.loadBalancer : oneOf(["metallb", "none", other], "");
  return readValue(accepted, received, key).problems;
};

/** Returns defaults that depend on other fields. For example, a cluster without pods has no pod network. */
const dependentDefaults = (
  { backend, loadBalancer }: ValuesOf<typeof clusterFields>,
  input: Readonly<Record<string, unknown>>,
): Partial<ClusterValues> => {
  const has = (field: ClusterField): boolean => Object.hasOwn(input, field);
  const isSimulated = backend === "inMemory";
  const isTemplate = typeof input["template"] === "string" && input["template"] !== "";
  const balancer = has("loadBalancer") || !(isSimulated || isTemplate) ? loadBalancer : "none";
  return {
    ...(isTemplate ? { backend: "template" } : {}),
    ...(isSimulated && !has("cni") ? { cni: "none" } : {}),
    loadBalancer: balancer,
    ...(has("application") ? {} : { application: !isSimulated && balancer !== "none" }),
  };
};
