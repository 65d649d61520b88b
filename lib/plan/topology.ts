import { isRecord, listAt, stableJson, valueAt } from "../base/json";
import { kindOf } from "../base/urn";
import { type PlanStep, show } from "./step";

/** What a change of a Cluster with a class does to its machines. */
export interface TopologyChange {
  /** True if at least one group of machines rolls. */
  readonly rolls: boolean;
  /** The changed variables with their values. The engine compares variables by their place in the list. */
  readonly variables: readonly string[];
  /** One line for each group of machines that rolls, scales, comes or goes. */
  readonly reasons: readonly string[];
}

/** Machines of one kind: the control plane, or a pool of workers. */
interface Group {
  readonly title: string;
  /** Paths of its templates in a class. */
  readonly templates: readonly string[];
  /** Returns true for a patch definition that selects the group's templates. */
  readonly isSelected: (matchResources: unknown) => boolean;
}

type Inputs = Readonly<Record<string, unknown>>;

const textAt = (data: unknown, ...path: readonly string[]): string => {
  const value = valueAt(data, ...path);
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
};

const topologyOf = (inputs: Inputs | undefined): unknown => valueAt(inputs, "spec", "topology");

/** Returns true if a step changes a Cluster object with a class. */
const changesTopology = ({ op, urn, oldState, newState }: PlanStep): boolean =>
  op === "update" &&
  kindOf(urn) === "Cluster" &&
  topologyOf(oldState?.inputs) !== undefined &&
  topologyOf(newState?.inputs) !== undefined;

/** Returns what the changed Clusters with a class do to their machines, by the URN of the Cluster's step. */
export const topologyChanges = (steps: readonly PlanStep[]): ReadonlyMap<string, TopologyChange> =>
  new Map(steps.filter(changesTopology).map((step) => [step.urn, changeOf(step, steps)]));

const changeOf = ({ oldState, newState }: PlanStep, steps: readonly PlanStep[]): TopologyChange => {
  const [before, after] = [oldState?.inputs, newState?.inputs];
  const [old, current] = [topologyOf(before), topologyOf(after)];
  const classes = { before: classOf(before, steps, "oldState"), after: classOf(after, steps, "newState") };
  const pools = listAt(current, "workers", "machineDeployments");
  const kept = pools.filter((pool) => poolNamed(old, textAt(pool, "name")) !== undefined);
  const groups = [controlPlane, ...kept.map(poolGroup)];
  const changed = changedVariables(old, current);
  const rolling = groups.flatMap((group) => {
    const causes = [...versionCause(old, current), ...classCauses(group, old, current, classes, changed)];
    return causes.length === 0 ? [] : [`${group.title} rolls: ${causes.join("; ")}`];
  });
  const [earlier, later] = [variablesOf(old), variablesOf(current)];
  const variables = changed.map((name) => `variable ${name} ${show(earlier.get(name))} → ${show(later.get(name))}`);
  return { rolls: rolling.length > 0, variables, reasons: [...rolling, ...scaled(old, current)] };
};

const controlPlane: Group = {
  title: "the control plane",
  templates: ["controlPlane", "controlPlane.machineInfrastructure"],
  isSelected: (matchResources) => valueAt(matchResources, "controlPlane") === true,
};

const poolGroup = (pool: unknown): Group => {
  const name = textAt(pool, "class");
  const matches = (pattern: string): boolean =>
    pattern === name ||
    (pattern.startsWith("*") && name.endsWith(pattern.slice(1))) ||
    (pattern.endsWith("*") && name.startsWith(pattern.slice(0, -1)));
  return {
    title: `pool ${textAt(pool, "name")}`,
    templates: [`${name}.bootstrap`, `${name}.infrastructure`],
    isSelected: (matchResources) =>
      listAt(matchResources, "machineDeploymentClass", "names").some((pattern) => matches(String(pattern))),
  };
};

const poolNamed = (topology: unknown, name: string): unknown =>
  listAt(topology, "workers", "machineDeployments").find((pool) => textAt(pool, "name") === name);

const classNameOf = (topology: unknown): string => textAt(topology, "classRef", "name") || textAt(topology, "class");

/** Returns the class of a Cluster before or after the change; undefined for a class that the stack does not have. */
const classOf = (
  cluster: Inputs | undefined,
  steps: readonly PlanStep[],
  state: "oldState" | "newState",
): Inputs | undefined => {
  const name = classNameOf(topologyOf(cluster));
  const namespace = textAt(cluster, "metadata", "namespace");
  return steps
    .filter(({ urn }) => kindOf(urn) === "ClusterClass")
    .map((step) => (step[state] ?? (step.op === "same" ? step.oldState : undefined))?.inputs)
    .find(
      (inputs) => textAt(inputs, "metadata", "name") === name && textAt(inputs, "metadata", "namespace") === namespace,
    );
};

const versionCause = (old: unknown, current: unknown): string[] => {
  const [before, after] = [textAt(old, "version"), textAt(current, "version")];
  return before === after ? [] : [`Kubernetes ${before} → ${after}`];
};

interface Classes {
  readonly before: Inputs | undefined;
  readonly after: Inputs | undefined;
}

/** Returns why a group rolls: another template, another patch, or a variable that a patch of the group reads. */
const classCauses = (
  group: Group,
  old: unknown,
  current: unknown,
  { before, after }: Classes,
  variables: readonly string[],
): string[] => {
  const [oldName, name] = [classNameOf(old), classNameOf(current)];
  if (before === undefined || after === undefined) {
    return [
      ...(oldName === name ? [] : [`class ${oldName} → ${name}, if its templates differ`]),
      ...variables.map((variable) => `variable ${variable}, if a patch of the class reads it`),
    ];
  }
  const renamed = group.templates.flatMap((role) => {
    const [was, is] = [templateNamed(before, role), templateNamed(after, role)];
    return withoutClass(was, oldName) === withoutClass(is, name)
      ? []
      : [`template ${was || "(none)"} → ${is || "(none)"}`];
  });
  const [oldPatches, patches] = [patchesOf(before, group), patchesOf(after, group)];
  const changed = [...new Set([...oldPatches.keys(), ...patches.keys()])].filter(
    (patch) => stableJson(oldPatches.get(patch) ?? null) !== stableJson(patches.get(patch) ?? null),
  );
  const read = variables.flatMap((variable) => {
    const readers = [...patches].filter(([, patch]) => readsVariable(patch, variable)).map(([reader]) => reader);
    return readers.length === 0 ? [] : [`variable ${variable} (${patchText(readers)})`];
  });
  return [...renamed, ...changed.map((patch) => `patch ${patch} of the class`), ...read];
};

const patchText = (names: readonly string[]): string =>
  `${names.length === 1 ? "patch" : "patches"} ${names.join(", ")}`;

/** Returns a template's name without the class's name before the checksum. Templates with one such name are equal. */
const withoutClass = (template: string, className: string): string => {
  const [, start, checksum] = /^(.*)-([0-9a-f]{8})$/.exec(template) ?? [];
  return start?.endsWith(`-${className}`) ? `${start.slice(0, -className.length)}${checksum}` : template;
};

/** Returns the name of a template in a class by the end of its role. */
const templateNamed = ({ spec }: Inputs, role: string): string => {
  const [first = "", second = ""] = role.split(/\.(?=bootstrap$|infrastructure$|machineInfrastructure$)/);
  const part =
    first === "controlPlane"
      ? second === ""
        ? valueAt(spec, first)
        : valueAt(spec, first, second)
      : listAt(spec, "workers", "machineDeployments")
          .filter((worker) => textAt(worker, "class") === first)
          .map((worker) => valueAt(worker, second) ?? valueAt(worker, "template", second))[0];
  return textAt(part, "templateRef", "name") || textAt(part, "ref", "name");
};

/** Returns the patches of a class that change a group's templates, with only the definitions that do. */
const patchesOf = ({ spec }: Inputs, group: Group): ReadonlyMap<string, unknown> =>
  new Map(
    listAt(spec, "patches").flatMap((patch) => {
      const definitions = listAt(patch, "definitions").filter((definition) =>
        group.isSelected(valueAt(definition, "selector", "matchResources")),
      );
      const isExternal = valueAt(patch, "external") !== undefined;
      return definitions.length > 0 || isExternal
        ? [[textAt(patch, "name"), { ...(isRecord(patch) ? patch : {}), definitions }] as const]
        : [];
    }),
  );

/** Returns true if a patch reads a variable. An extension may read all of them. */
const readsVariable = (patch: unknown, variable: string): boolean => {
  if (valueAt(patch, "external") !== undefined) return true;
  const changes = listAt(patch, "definitions").flatMap((definition) => listAt(definition, "jsonPatches"));
  const templates = [textAt(patch, "enabledIf"), ...changes.map((change) => textAt(change, "valueFrom", "template"))];
  const names = changes.map((change) => textAt(change, "valueFrom", "variable").split(/[.[]/)[0]);
  return (
    names.includes(variable) || templates.some((text) => text.split(/[^\w.-]+/).some((word) => reads(word, variable)))
  );
};

const reads = (word: string, variable: string): boolean => word === `.${variable}` || word.startsWith(`.${variable}.`);

const variablesOf = (topology: unknown): ReadonlyMap<string, unknown> =>
  new Map(
    listAt(topology, "variables").map((variable) => [textAt(variable, "name"), valueAt(variable, "value")] as const),
  );

const changedVariables = (old: unknown, current: unknown): string[] => {
  const [before, after] = [variablesOf(old), variablesOf(current)];
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => stableJson(before.get(name) ?? null) !== stableJson(after.get(name) ?? null),
  );
};

/** Returns the lines of groups whose number of machines changes. */
const scaled = (old: unknown, current: unknown): string[] => {
  const planes = ["controlPlane", "replicas"] as const;
  const [before, after] = [valueAt(old, ...planes), valueAt(current, ...planes)];
  const pools = [old, current].flatMap((topology) =>
    listAt(topology, "workers", "machineDeployments").map((pool) => textAt(pool, "name")),
  );
  return [
    ...(before === after ? [] : [`the control plane scales: ${show(before)} → ${show(after)}`]),
    ...[...new Set(pools)].flatMap((name) => {
      const [was, is] = [poolNamed(old, name), poolNamed(current, name)];
      if (was === undefined) return [`pool ${name} is created: ${textAt(is, "replicas")} machines`];
      if (is === undefined) return [`pool ${name} is deleted: ${textAt(was, "replicas")} machines`];
      const [from, to] = [textAt(was, "replicas"), textAt(is, "replicas")];
      return from === to ? [] : [`pool ${name} scales: ${from} → ${to}`];
    }),
  ];
};

/** Returns the number of machines of a Cluster with a class; 0 for another object. */
export const topologyMachines = (inputs: Inputs | undefined): number => {
  const topology = topologyOf(inputs);
  const counts = [
    valueAt(topology, "controlPlane", "replicas"),
    ...listAt(topology, "workers", "machineDeployments").map((pool) => valueAt(pool, "replicas")),
  ];
  return counts.reduce<number>((total, count) => total + (typeof count === "number" ? count : 0), 0);
};
