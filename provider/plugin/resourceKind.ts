import type { Log } from "./execute";
import type { Difference, Change, Failure } from "./rpc";
import { isSame, type Properties, hasUnknown, type Value } from "./values";

/** Input by which a program forbids the replacement of a resource. Its value advises the user. */
export const keepMark = "__keep";

/** Returns why a protected resource is not replaced; undefined if no replacement is due. */
export const keepProblem = (
  advice: string,
  { replaces }: Difference,
  old: Properties,
  news: Properties,
): string | undefined => {
  if (replaces.length === 0) return undefined;
  const changes = replaces
    .filter((key) => !isSame(old[key], news[key]) && key in news)
    .map((key) => `${key}: expected ${JSON.stringify(old[key] ?? null)}, got ${JSON.stringify(news[key])}`);
  const why = changes.length > 0 ? changes.join("; ") : "the resource no longer exists, and its contents are lost";
  return `${why}. Nothing was changed: ${advice}`;
};

/** Returns what is wrong with a value; undefined for a valid value. */
export type Check = (value: Value) => string | undefined;

/** The operations of one resource type. Properties are plain: no secret markers reach this interface. */
export interface ResourceKind {
  /** Inputs by name, each with its check. */
  inputs: Readonly<Record<string, Check>>;
  /** Inputs that may be absent. */
  optional?: readonly string[];
  /** Names of outputs that a read returns and a program never sets. */
  outputs: readonly string[];
  /** Compares the state as last read with the new inputs. Default: a change of any input is an update in place. */
  diff?: (old: Properties, news: Properties) => Difference;
  /** Creates the resource; returns its id and its whole state. */
  create: (news: Properties, log: Log) => Promise<{ id: string; state: Properties }>;
  /**
   * Reads the resource; returns its state, or undefined if the resource does not exist. An empty `old` is an import.
   *
   * @throws Error if the backend does not answer: an outage is not an absence
   */
  read: (id: string, old: Properties) => Promise<Properties | undefined>;
  /** Changes the resource in place; returns its whole state. */
  update: (old: Properties, news: Properties, log: Log) => Promise<Properties>;
  /** Deletes the resource; absent if the resource ends with the object that contains it. */
  remove?: (old: Properties, log: Log) => Promise<void>;
}

export const string: Check = (value) =>
  typeof value === "string" && value !== "" ? undefined : `expected a string, got ${JSON.stringify(value)}`;
export const stringMap: Check = (value) =>
  typeof value === "object" && value !== null && Object.values(value).every((item) => typeof item === "string")
    ? undefined
    : "expected a map of strings";

/** Returns what is wrong with the inputs of a resource. Unknown values pass. */
export const findFailures = ({ inputs, optional = [] }: ResourceKind, news: Properties): Failure[] => [
  ...Object.entries(news).flatMap(([property, value]) => {
    const check = inputs[property];
    if (!check)
      return [{ property, reason: `expected one of ${Object.keys(inputs).sort().join(", ")}, got another property` }];
    const reason = hasUnknown(value) ? undefined : check(value);
    return reason === undefined ? [] : [{ property, reason }];
  }),
  ...Object.keys(inputs)
    .filter((property) => !(property in news) && !optional.includes(property))
    .map((property) => ({ property, reason: "is missing" })),
];

/** Returns the differences of inputs. A change of an input in `replacing` is a replacement. */
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

/** Returns the properties with these names. */
export const pick = (properties: Properties, names: readonly string[]): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([key]) => names.includes(key)));
