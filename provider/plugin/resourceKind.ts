import type { Say } from "./execute";
import type { Difference, Change, Failure } from "./rpc";
import { isSame, type Properties, hasUnknown, type Value } from "./values";

/** The input by which a program asks that a resource is not replaced: what to do instead. */
export const keepMark = "__keep";

/** Why a resource that is to be kept is not replaced; undefined where it would not be. */
export const keepProblem = (
  instead: string,
  { replaces }: Difference,
  old: Properties,
  news: Properties,
): string | undefined => {
  if (replaces.length === 0) return undefined;
  const changes = replaces
    .filter((key) => !isSame(old[key], news[key]) && key in news)
    .map((key) => `${key} is ${JSON.stringify(news[key])}, but must stay ${JSON.stringify(old[key] ?? null)}`);
  const why = changes.length > 0 ? changes.join("; ") : "it is gone, and with it all that was in it";
  return `${why}. Nothing was changed: ${instead}`;
};

/** What is wrong with a value; undefined where nothing is. */
export type Test = (value: Value) => string | undefined;

/** How the plugin makes, reads and changes resources of one type. Properties are plain: no secret comes here. */
export interface ResourceKind {
  /** Inputs by name with what each must be. */
  inputs: Readonly<Record<string, Test>>;
  /** Inputs that may be left out. */
  optional?: readonly string[];
  /** Names of what is read and never given. */
  outputs: readonly string[];
  /** What differs; default: any other input is an update. */
  diff?: (old: Properties, news: Properties) => Difference;
  /** Makes it; gives its id and its whole state. */
  create: (news: Properties, say: Say) => Promise<{ id: string; state: Properties }>;
  /**
   * Reads it: its state, or undefined where it is gone. An empty `old` is an import.
   *
   * @throws where nobody answers: an outage is not an absence
   */
  read: (id: string, old: Properties) => Promise<Properties | undefined>;
  /** Changes it in place; gives its whole state. */
  update: (old: Properties, news: Properties, say: Say) => Promise<Properties>;
  /** Takes it away; absent where its end is that of what holds it. */
  remove?: (old: Properties, say: Say) => Promise<void>;
}

export const text: Test = (value) =>
  typeof value === "string" && value !== "" ? undefined : `must be a text, not ${JSON.stringify(value)}`;
export const textMap: Test = (value) =>
  typeof value === "object" && value !== null && Object.values(value).every((item) => typeof item === "string")
    ? undefined
    : "must be a map of strings";

/** What is wrong with the inputs of a resource. Values not known yet are taken on trust. */
export const findFailures = ({ inputs, optional = [] }: ResourceKind, news: Properties): Failure[] => [
  ...Object.entries(news).flatMap(([property, value]) => {
    const test = inputs[property];
    if (!test) return [{ property, reason: `is no property; there are ${Object.keys(inputs).sort().join(", ")}` }];
    const reason = hasUnknown(value) ? undefined : test(value);
    return reason === undefined ? [] : [{ property, reason }];
  }),
  ...Object.keys(inputs)
    .filter((property) => !(property in news) && !optional.includes(property))
    .map((property) => ({ property, reason: "is missing" })),
];

/** Differences of inputs; a change of those that `replacing` names is a replacement. */
export const inputChanges = (
  { inputs }: Pick<ResourceKind, "inputs">,
  old: Properties,
  news: Properties,
  replacing: readonly string[] = [],
): Difference => {
  const changes: Record<string, Change> = {};
  for (const key of Object.keys(inputs)) {
    if (isSame(old[key], news[key]) && !hasUnknown(news[key] ?? null)) continue;
    changes[key] = !(key in old) ? "add" : !(key in news) ? "delete" : "update";
  }
  return { changes, replaces: replacing.filter((key) => key in changes) };
};

/** The properties of these names. */
export const pick = (properties: Properties, names: readonly string[]): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([key]) => names.includes(key)));
