import { stableJson } from "../../base/json";
import { type Problem, ProblemError } from "../../base/problem";
import { type Access } from "../kubeconfig";
import {
  bodyKeys,
  bodyOf,
  type Config,
  currentContext,
  entriesOf,
  type Entry,
  type Section,
  sections,
} from "./entries";
import { makeCurrent, restoreCurrent } from "./currentContext";
import { entryName, isOwn, type Mark, markOf, type Owner, withMark } from "./mark";

/** A workload or management cluster of the stack, and the cluster, user and namespace of its kubeconfig's current context. */
export interface MergedCluster {
  name: string;
  access: Access;
}

/** Options of a merge. */
export interface MergeOptions {
  owner: Owner;
  /** Name of the kubeconfig in errors. */
  file: string;
  /** Name of the cluster whose context becomes the current one. */
  current: string;
  /** Whether these are all clusters of the stack. If true, the stack's other entries are removed. */
  isComplete: boolean;
}

/** Result of a change of a kubeconfig. */
export interface Changed {
  config: Config;
  /** Names of the contexts that were written or removed. */
  contexts: string[];
}

const entryOf = (section: Section, owner: Owner, { name: cluster, access }: MergedCluster, before?: Entry): Entry => {
  const name = entryName(owner.stack, cluster);
  const mark: Mark = { checkout: owner.checkout, stack: owner.stack, cluster };
  if (section !== "contexts") {
    return withMark(section, { [bodyKeys[section]]: access[bodyKeys[section]], name }, mark);
  }
  // The user's choice of a namespace stays.
  const { namespace = access.namespace, ...rest } = before ? bodyOf(section, before) : {};
  const context = { ...rest, cluster: name, user: name, ...(namespace === undefined ? {} : { namespace }) };
  const previousContext = before && markOf(section, before)?.previousContext;
  return withMark(
    section,
    { ...before, context, name },
    { ...mark, ...(previousContext === undefined ? {} : { previousContext }) },
  );
};

const foreign = (section: Section, entry: Entry, cluster: string, { owner, file }: MergeOptions): Problem => {
  const mark = markOf(section, entry);
  const word = bodyKeys[section];
  return {
    key: `${word} ${entry.name} of ${file}`,
    rule: `an entry that Slipway wrote for cluster ${cluster} of stack ${owner.stack} in ${owner.checkout}`,
    got: mark
      ? `one for cluster ${mark.cluster} of stack ${mark.stack} in ${mark.checkout}`
      : "one that Slipway did not write",
    remedy: `Rename it, or delete it with kubectl config delete-${word} ${entry.name}`,
  };
};

/**
 * Writes an entry of each cluster into each list of a kubeconfig, and sets the current context. Entries of an earlier
 * merge are replaced in their place; everything else stays unchanged.
 *
 * @throws ProblemError that names every entry with the same name that Slipway did not write for that cluster
 */
export const mergeClusters = (config: Config, clusters: readonly MergedCluster[], options: MergeOptions): Changed => {
  const { owner } = options;
  const byName = new Map(clusters.map((cluster) => [entryName(owner.stack, cluster.name), cluster]));
  const problems = sections.flatMap((section) =>
    entriesOf(config, section).flatMap((entry) => {
      const cluster = byName.get(entry.name)?.name;
      const mark = markOf(section, entry);
      const isFine = cluster === undefined || (isOwn(mark, owner) && mark.cluster === cluster);
      return isFine ? [] : [foreign(section, entry, cluster, options)];
    }),
  );
  if (problems.length > 0) throw new ProblemError(problems);
  const gone = [
    ...new Set(sections.flatMap((section) => ownNames(config, section, owner).filter((name) => !byName.has(name)))),
  ];
  const start = options.isComplete ? without(config, gone, owner) : config;
  const lists = sections.map((section) => {
    const entries = entriesOf(start, section);
    const replaced = entries.map((entry) => {
      const cluster = byName.get(entry.name);
      if (cluster === undefined) return entry;
      const next = entryOf(section, owner, cluster, entry);
      return stableJson(next) === stableJson(entry) ? entry : next;
    });
    const added = [...byName].filter(([name]) => !entries.some((entry) => entry.name === name));
    return [section, [...replaced, ...added.map(([, cluster]) => entryOf(section, owner, cluster))]] as const;
  });
  const merged = { ...start, ...Object.fromEntries(lists) };
  return { config: makeCurrent(merged, entryName(owner.stack, options.current)), contexts: [...byName.keys()] };
};

const ownNames = (config: Config, section: Section, owner: Owner, cluster?: string): string[] =>
  entriesOf(config, section).flatMap((entry) => {
    const mark = markOf(section, entry);
    return isOwn(mark, owner) && (cluster === undefined || mark.cluster === cluster) ? [entry.name] : [];
  });

/** Removes the owner's entries with these names. An entry with such a name but without the owner's mark stays. */
const without = (config: Config, names: readonly string[], owner: Owner): Config => {
  const isRemoved = (section: Section, entry: Entry): boolean =>
    names.includes(entry.name) && isOwn(markOf(section, entry), owner);
  const contexts = entriesOf(config, "contexts").filter((entry) => isRemoved("contexts", entry));
  const restored = restoreCurrent(
    config,
    contexts.map(({ name }) => name),
  );
  const lists = sections
    .filter((section) => entriesOf(config, section).some((entry) => isRemoved(section, entry)))
    .map((section) => [section, entriesOf(restored, section).filter((entry) => !isRemoved(section, entry))] as const);
  return { ...restored, ...Object.fromEntries(lists) };
};

/**
 * Removes the entries that Slipway wrote for a stack from a kubeconfig. If the current context is among them, the
 * earlier context becomes current, or none if it no longer exists.
 *
 * @param cluster name of the only cluster whose entries are removed; default: all clusters of the stack
 */
export const removeClusters = (config: Config, owner: Owner, cluster?: string): Changed => {
  const names = [...new Set(sections.flatMap((section) => ownNames(config, section, owner, cluster)))];
  return { config: names.length === 0 ? config : without(config, names, owner), contexts: names };
};

/** Returns the name of the owner's cluster whose context is the current one. */
export const currentCluster = (config: Config, owner: Owner): string | undefined => {
  const entry = entriesOf(config, "contexts").find(({ name }) => name === currentContext(config));
  const mark = entry && markOf("contexts", entry);
  return isOwn(mark, owner) ? mark.cluster : undefined;
};
