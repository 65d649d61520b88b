import { partOfComponent, workloadComponent } from "../base/stackParts";
import { kindOf, partsOf, providerUrn } from "../base/urn";
import type { OperationResult, PlannedOperations, ReportResource } from "./model";

/** An event of the engine about one resource, with its time. */
export interface TimedEvent {
  /** Milliseconds since 1970. */
  at: number;
  kind: "begins" | "done" | "failed";
  urn: string;
  op: string;
}

/** The fields of a resource in Pulumi's state that a report reads. */
export interface StatedResource {
  urn: string;
  parent?: string;
  provider?: string;
  deletedWith?: string;
  dependencies?: readonly string[];
  propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
}

/** What the engine did to one resource, in seconds from the start of the run. */
export interface Step {
  urn: string;
  operation: string;
  result: OperationResult;
  start: number;
  end: number | null;
}

/** Operations of a replacement, which consists of several steps. */
const ofReplacement = /^(replace|create-replacement|delete-replaced|discard-replaced)$/;

const operationOf = (op: string): string => (ofReplacement.test(op) ? "replace" : op);

const seconds = (at: number, startedAt: number): number => Math.max(0, Math.round((at - startedAt) / 100) / 10);

/**
 * Joins the engine's events to one step for each resource. The steps of a replacement are one step.
 *
 * @param startedAt milliseconds since 1970
 */
export const stepsOf = (events: readonly TimedEvent[], startedAt: number): Map<string, Step> => {
  const steps = new Map<string, Step>();
  const running = new Map<string, number>();
  for (const { at, kind, urn, op } of events) {
    const before = steps.get(urn);
    if (kind === "begins") {
      const operation = before?.operation === "replace" ? "replace" : operationOf(op);
      const start = before?.start ?? seconds(at, startedAt);
      running.set(urn, (running.get(urn) ?? 0) + 1);
      steps.set(urn, { urn, operation, result: "unfinished", start, end: null });
    } else if (before) {
      const open = Math.max(0, (running.get(urn) ?? 0) - 1);
      running.set(urn, open);
      const isFailed = kind === "failed" || before.result === "failed";
      if (isFailed) steps.set(urn, { ...before, result: "failed", end: seconds(at, startedAt) });
      // A component reports its outputs a second time, when its children are already under way.
      else if (open === 0 && before.end === null)
        steps.set(urn, { ...before, result: "done", end: seconds(at, startedAt) });
    }
  }
  return steps;
};

/** Returns true for a component, which is a group of resources and does no work itself. */
export const isGroup = (type: string): boolean => type.startsWith("slipway:index:") || type === "pulumi:pulumi:Stack";

/** Order of the parts in a report. Clusters follow by name, then other resources. */
const partOrder = ["stack", "plugins", "network", "management cluster", "providers", "classes", "node images"];

const partOf = (urn: string, stated: ReadonlyMap<string, StatedResource>, seen: readonly string[] = []): string => {
  const { type, name, ancestors } = partsOf(urn);
  const fixed = [...ancestors, type].map((outer) => partOfComponent[outer]).find((part) => part !== undefined);
  if (fixed) return fixed;
  if (type === workloadComponent) return `cluster ${name}`;
  if (type === "pulumi:pulumi:Stack") return "stack";
  if (type.startsWith("pulumi:providers:") && name.startsWith("default")) return "plugins";
  const { parent, deletedWith } = stated.get(urn) ?? {};
  if (kindOf(urn) === "Cluster" && ancestors.at(-1) === workloadComponent) return `cluster ${name.split("/")[0]}`;
  for (const near of [parent, deletedWith]) {
    if (near === undefined || seen.includes(near) || partsOf(near).type === "pulumi:pulumi:Stack") continue;
    const part = partOf(near, stated, [...seen, urn]);
    if (part !== "other") return part;
  }
  return "other";
};

/** Returns the part of a resource without an entry in the state, by the resource's name, which begins with a cluster's name. */
const partByName = (urn: string, clusters: readonly string[]): string => {
  const { name } = partsOf(urn);
  const matches = clusters.filter((cluster) => name.startsWith(`${cluster}-`) || name.startsWith(`${cluster}/`));
  const longest = matches.sort((left, right) => right.length - left.length)[0];
  return longest === undefined ? "other" : `cluster ${longest}`;
};

const comparePart = (left: string, right: string): number => {
  const rank = (part: string): number => {
    const index = partOrder.indexOf(part);
    return index >= 0 ? index : part === "other" ? partOrder.length + 1 : partOrder.length;
  };
  return rank(left) - rank(right) || (left < right ? -1 : left > right ? 1 : 0);
};

const needsOf = ({ dependencies = [], propertyDependencies = {}, provider }: StatedResource): string[] => [
  ...new Set([
    ...dependencies,
    ...Object.values(propertyDependencies).flatMap((list) => list ?? []),
    ...(provider ? [providerUrn(provider)] : []),
  ]),
];

/** Sorts URNs so that each resource follows its parent and its needs. Ties are in the order of `compare`. */
const sortByNeeds = (
  urns: readonly string[],
  before: (urn: string) => readonly string[],
  compare: (left: string, right: string) => number,
): string[] => {
  const all = [...urns].sort(compare);
  const known = new Set(all);
  const done = new Set<string>();
  const sorted: string[] = [];
  const visit = (urn: string): void => {
    if (done.has(urn) || !known.has(urn)) return;
    done.add(urn);
    for (const earlier of [...before(urn)].sort(compare)) visit(earlier);
    sorted.push(urn);
  };
  for (const urn of all) visit(urn);
  return sorted;
};

/** Returns all resources of the state and of the run in a stable order, with what the run did to them. */
export const listResources = (
  state: readonly StatedResource[],
  steps: ReadonlyMap<string, Step>,
): { resources: ReportResource[]; urns: string[] } => {
  const stated = new Map(state.map((resource) => [resource.urn, resource]));
  const all = [...new Set([...stated.keys(), ...steps.keys()])];
  const parts = new Map(all.map((urn) => [urn, partOf(urn, stated)]));
  const clusters = all.filter((urn) => partsOf(urn).type === workloadComponent).map((urn) => partsOf(urn).name);
  for (const urn of all) if (parts.get(urn) === "other") parts.set(urn, partByName(urn, clusters));
  // A component of a cluster's add-on has no reference to the cluster, but the objects inside the component have one.
  for (const { urn, parent } of [...state].reverse()) {
    const part = parts.get(urn) ?? "other";
    if (parent !== undefined && parts.get(parent) === "other" && part !== "other") parts.set(parent, part);
  }
  const compare = (left: string, right: string): number =>
    comparePart(parts.get(left) ?? "other", parts.get(right) ?? "other") || (left < right ? -1 : left > right ? 1 : 0);
  const needs = new Map(all.map((urn) => [urn, needsOf(stated.get(urn) ?? { urn })]));
  const urns = sortByNeeds(all, (urn) => [stated.get(urn)?.parent ?? [], needs.get(urn) ?? []].flat(), compare);
  const indexes = new Map(urns.map((urn, index) => [urn, index]));
  const indexesOf = (wanted: readonly string[]): number[] =>
    wanted.flatMap((urn) => indexes.get(urn) ?? []).sort((a, b) => a - b);
  const resources = urns.map((urn): ReportResource => {
    const { type, name } = partsOf(urn);
    const step = steps.get(urn);
    const isInstant = step?.operation === "same" || isGroup(type);
    return {
      ...{ name, type, part: parts.get(urn) ?? "other" },
      parent: indexesOf([stated.get(urn)?.parent ?? ""])[0] ?? null,
      needs: indexesOf(needs.get(urn) ?? []),
      operation: step?.operation ?? null,
      result: step?.result ?? null,
      start: step && !isInstant ? step.start : null,
      end: step && !isInstant ? step.end : null,
    };
  });
  return { resources, urns };
};

/**
 * Returns the chain of resources that made a run as long as it was, as indexes. The search starts at the operation that
 * ended last, and goes back to the need that ended last. A deletion waits for the resources that need the deleted resource.
 */
export const findCriticalPath = (resources: readonly ReportResource[]): number[] => {
  const neededBy = resources.map((): number[] => []);
  resources.forEach(({ needs }, index) => needs.forEach((need) => neededBy[need]?.push(index)));
  const endOf = (index: number): number => resources[index]?.end ?? -1;
  // The engine creates a default provider for its first resource, when the other needs already exist.
  const isDefault = (index: number): boolean =>
    /^pulumi:providers:/.test(resources[index]?.type ?? "") && /^default/.test(resources[index]?.name ?? "");
  const latest = (indexes: readonly number[]): number | undefined =>
    indexes
      .filter((index) => endOf(index) >= 0 && !isDefault(index))
      .reduce<number | undefined>(
        (last, index) => (last !== undefined && endOf(last) >= endOf(index) ? last : index),
        undefined,
      );
  const before = (index: number): readonly number[] => {
    const { operation, needs = [] } = resources[index] ?? {};
    return operation === "delete" ? (neededBy[index] ?? []) : needs;
  };
  const path: number[] = [];
  for (let index = latest(resources.map((_, position) => position)); index !== undefined;) {
    path.unshift(index);
    const { start } = resources[index] ?? {};
    const earlier = before(index).filter(
      (candidate) => !path.includes(candidate) && endOf(candidate) <= (start ?? 0) + 1,
    );
    index = latest(earlier);
  }
  return path;
};

/**
 * Counts the operations of each part. `planned` has the operations that the engine started, and the resources of the
 * state that a failed run did not reach.
 *
 * @param isWhole true if the run was to reach every resource of the state
 */
export const countOperations = (resources: readonly ReportResource[], isWhole: boolean): PlannedOperations[] => {
  const rows = new Map<string, PlannedOperations>();
  for (const { part, operation, result } of resources) {
    if (operation === null && !isWhole) continue;
    const name = operation ?? "not reached";
    const key = `${part} ${name}`;
    const row = rows.get(key) ?? {
      ...{ part, operation: name, planned: 0 },
      ...{ done: 0, failed: 0, unfinished: 0, notReached: 0 },
    };
    row.planned += 1;
    if (result === null) row.notReached += 1;
    else row[result] += 1;
    rows.set(key, row);
  }
  return [...rows.values()].sort(
    (left, right) => comparePart(left.part, right.part) || (left.operation < right.operation ? -1 : 1),
  );
};
