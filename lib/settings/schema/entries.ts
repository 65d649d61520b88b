import { unknown } from "zod/mini";
import { type Problem, show } from "../../base/problem";
import type { Backend, WorkerPool } from "../../cluster/spec";
import type { RoutePins } from "../../versions/pins";
import { type ClusterField, clusterFields, type ClusterValues, singleClusterKeys } from "./cluster";
import { keyAt, readTable, readValue, type TableReading } from "./read";
import { isClassFile } from "../../cluster/class/classObjects";
import type { TemplateFacts } from "../../cluster/template/facts";
import { anyMap, defaultOf, listOf, oneOf, type ValuesOf } from "./setting";
import { settingsSchema } from "./stack";
import { readTemplate, statedInput, templateDifferences, type TemplateTexts } from "./templateFields";

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
  /** Properties of a Docker or in-memory cluster from a template; absent for all other clusters. */
  readonly template?: TemplateFacts;
  /** Text of the template; absent if it was not read. */
  readonly templateText?: string;
}

/** Clusters and the problems of their fields. */
export interface EntriesReading {
  readonly entries: readonly ClusterEntry[];
  readonly problems: readonly Problem[];
}

/** Schemas of the stack's settings. readClusters reads each entry of `clusters` later. */
export const stackSettings = { ...settingsSchema, clusters: listOf(unknown(), "") };

/** Returns the locations of the templates in a stack's configuration, each once. Invalid entries have none. */
export const templateLocations = (config: Readonly<Record<string, unknown>>): string[] => {
  const { value: list = [] } = readValue(stackSettings.clusters, config["clusters"], "clusters");
  const entries = list.map((entry) => readValue(anyMap, entry, "clusters").value);
  const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
  const locations = entries.flatMap((entry) => {
    const [template, classSource] = [entry?.["template"], entry?.["class"]];
    if (!isText(template)) return [];
    return isText(classSource) && isClassFile(classSource) ? [template, classSource] : [template];
  });
  return [...new Set(locations)];
};

/**
 * Returns the clusters of the settings: the entries of `clusters`, or the single cluster if the list is empty.
 *
 * @param templates - undefined: templates are not read, and belong to other providers
 */
export const readClusters = (
  top: TableReading<typeof stackSettings>,
  input: Readonly<Record<string, unknown>>,
  versions: RoutePins,
  templates?: TemplateTexts,
): EntriesReading => {
  // An invalid list has no value.
  const list: readonly unknown[] | undefined = top.values.clusters;
  if (list === undefined || list.length === 0) return { entries: [singleEntry(top, versions)], problems: [] };
  const readings = list.map((entry, index) => readEntry(entry, `clusters[${index}]`, versions, templates));
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
  templates: TemplateTexts | undefined,
): { entry?: ClusterEntry; problems: readonly Problem[] } => {
  const { value: input, problems: typeProblems } = readValue(anyMap, received, path);
  if (input === undefined) return { problems: typeProblems };
  const has = (field: ClusterField): boolean => Object.hasOwn(input, field);
  const { values, problems, invalid, template } = readFields(input, path, versions, templates);
  const hasBothWorkers = has("workers") && has("workerReplicas");
  const facts = typeof template === "object" ? template : undefined;
  const all = { ...values, ...dependentDefaults(values, input, facts) };
  // The two problems of an invalid backend beside template would contradict each other.
  const hasBothBackends = has("template") && has("backend");
  const replaced = [
    ...(hasBothBackends ? [keyAt(path, "backend")] : []),
    ...(invalid.has("loadBalancer") ? [keyAt(path, "loadBalancer")] : []),
  ];
  const text = templates?.get(all.template);
  const entry: ClusterEntry = {
    values: all,
    pools: facts?.pools ?? (has("workers") ? (values.workers ?? []) : defaultPools(values.workerReplicas)),
    invalid: new Set([
      ...invalid,
      ...(hasBothWorkers ? ["workers"] : []),
      // Rules about the backend would judge a template that nobody has read.
      ...(template === "unknown" ? ["template", "backend"] : []),
    ]),
    key: (field) => keyAt(path, field),
    received: (field) => (has(field) ? input[field] : all[field]),
    title: invalid.has("name") ? path : all.name,
    isSingle: false,
    ...(facts === undefined ? {} : { template: facts }),
    ...(text === undefined ? {} : { templateText: text }),
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
      ...(facts === undefined ? [] : templateDifferences(facts, values, has, path)),
    ],
  };
};

/** Reads the fields of an entry. Values that the template of a Docker cluster states are the defaults of the fields. */
const readFields = (
  input: Readonly<Record<string, unknown>>,
  path: string,
  versions: RoutePins,
  templates: TemplateTexts | undefined,
): TableReading<typeof clusterFields> & { template?: ReturnType<typeof readTemplate> } => {
  const written = readTable(clusterFields, { input, versions, path });
  if (written.invalid.has("template") || written.values.template === "") return written;
  const first = readTemplate(written.values, written.invalid, templates);
  if (typeof first === "string") return { ...written, template: first };
  const complete = readTable(clusterFields, { input: { ...statedInput(first, input), ...input }, versions, path });
  // The template's own values may change other variables, such as the version of the workers.
  return { ...complete, template: readTemplate(complete.values, complete.invalid, templates) };
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
  { backend: setting, loadBalancer }: ValuesOf<typeof clusterFields>,
  input: Readonly<Record<string, unknown>>,
  template: TemplateFacts | undefined,
): Partial<ClusterValues> => {
  const has = (field: ClusterField): boolean => Object.hasOwn(input, field);
  const hasTemplate = typeof input["template"] === "string" && input["template"] !== "";
  const backend = hasTemplate ? (template?.backend ?? "template") : setting;
  const isSimulated = backend === "inMemory";
  const balancer = has("loadBalancer") || !(isSimulated || backend === "template") ? loadBalancer : "none";
  return {
    backend,
    ...((isSimulated || template?.bringsNetwork) && !has("cni") ? { cni: "none" } : {}),
    loadBalancer: balancer,
    ...(has("application") ? {} : { application: !isSimulated && balancer !== "none" }),
  };
};
