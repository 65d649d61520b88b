import { type Config, currentContext, type Entry, entriesOf } from "./entries";
import { markOf, withMark } from "./mark";

/**
 * Slipway's contexts remember what was current before them, each in its mark. So they form a chain, whose end is the
 * context that the user had before all of them.
 */
const previousOf = (config: Config, name: string): string | undefined => {
  const entry = entriesOf(config, "contexts").find((context) => context.name === name);
  return entry && markOf("contexts", entry)?.previousContext;
};

const withContexts = (config: Config, change: (entry: Entry) => Entry): Config => ({
  ...config,
  contexts: entriesOf(config, "contexts").map(change),
});

const withPrevious = (entry: Entry, previousContext: string): Entry => {
  const mark = markOf("contexts", entry);
  return mark ? withMark("contexts", entry, { ...mark, previousContext }) : entry;
};

/** Takes a context out of the chain: what remembers it remembers what was before it. */
const unlink = (config: Config, name: string): Config => {
  const previous = previousOf(config, name);
  if (previous === undefined) return config;
  return withContexts(config, (entry) =>
    markOf("contexts", entry)?.previousContext === name ? withPrevious(entry, previous) : entry,
  );
};

/** Makes one of Slipway's contexts the current one, and has it remember the one that was current. */
export const makeCurrent = (config: Config, name: string): Config => {
  const before = currentContext(config);
  if (before === name) return config;
  const linked = withContexts(unlink(config, name), (entry) =>
    entry.name === name ? withPrevious(entry, before) : entry,
  );
  return { ...linked, "current-context": name };
};

/**
 * Gives back the context that was current before, where the current one is removed. A remembered context that does not
 * exist any more leaves no current context.
 *
 * @param config the kubeconfig with the entries that are removed
 * @param removed names of contexts
 */
export const restoreCurrent = (config: Config, removed: readonly string[]): Config => {
  const unlinked = removed.reduce(unlink, config);
  const current = currentContext(config);
  if (!removed.includes(current)) return unlinked;
  // The user may have switched to a context of the stack that never became current by a merge.
  const candidates = [current, ...removed].flatMap((name) => previousOf(unlinked, name) ?? []);
  const stays = (name: string): boolean => !removed.includes(name);
  const previous = candidates.find(stays) ?? "";
  const exists = entriesOf(config, "contexts").some(({ name }) => name === previous);
  return { ...unlinked, "current-context": exists ? previous : "" };
};
