import { type Config, currentContext, type Entry, entriesOf } from "./entries";
import { markOf, withMark } from "./mark";

/**
 * The mark of each of Slipway's contexts has the name of the context that was current before. So the contexts form a
 * chain, and its end is the context that the user chose before Slipway's first merge.
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

/** Removes a context from the chain: contexts that refer to it then refer to its predecessor. */
const unlink = (config: Config, name: string): Config => {
  const previous = previousOf(config, name);
  if (previous === undefined) return config;
  return withContexts(config, (entry) =>
    markOf("contexts", entry)?.previousContext === name ? withPrevious(entry, previous) : entry,
  );
};

/** Makes one of Slipway's contexts the current context, and stores the earlier current context in its mark. */
export const makeCurrent = (config: Config, name: string): Config => {
  const before = currentContext(config);
  if (before === name) return config;
  const linked = withContexts(unlink(config, name), (entry) =>
    entry.name === name ? withPrevious(entry, before) : entry,
  );
  return { ...linked, "current-context": name };
};

/**
 * Restores the earlier current context if the current context is removed. If the earlier context does not exist any
 * more, the result has no current context.
 *
 * @param config the kubeconfig before the removal
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
