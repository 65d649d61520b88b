import type { Log } from "./execute";
import { checkProperties, type Declared, type ResourceDeclaration, withDefaults } from "./property";
import type { Difference, Change, Failure } from "./rpc";
import { isSame, type Properties, hasUnknown } from "./values";

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

/** The operations of one resource type. Properties are plain: no secret markers reach this interface. */
export interface ResourceKind {
  /** The inputs and outputs: the source of their checks, of comparisons and of the package's schema. */
  declaration: ResourceDeclaration;
  /** Returns what is wrong with several inputs together. An input may be unknown or have a wrong type. Default: nothing. */
  checkTogether?: (news: Properties) => Failure[];
  /** Whether a replacement deletes the old resource first, as two of the same name cannot exist. @default false */
  deletesFirst?: boolean;
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

/** Returns what is wrong with the inputs of a resource. Unknown values pass. */
export const findFailures = (
  { declaration, checkTogether }: Pick<ResourceKind, "declaration" | "checkTogether">,
  news: Properties,
): Failure[] => [...checkProperties(declaration.inputs, news), ...(checkTogether?.(news) ?? [])];

/** Returns the differences of inputs. A change of an input that is declared so is a replacement. */
export const inputChanges = (inputs: Declared, old: Properties, news: Properties): Difference => {
  const changes: Record<string, Change> = {};
  for (const [key, { type }] of Object.entries(inputs)) {
    const [before, after] = [old[key], news[key]].map((value) => value && withDefaults(type, value));
    if (isSame(before, after) && !hasUnknown(news[key] ?? null)) continue;
    changes[key] = !(key in old) ? "add" : !(key in news) ? "delete" : "update";
  }
  return { changes, replaces: Object.keys(changes).filter((key) => inputs[key]?.replaces) };
};

/** Returns the properties with these names. */
export const pick = <V>(properties: Readonly<Record<string, V>>, names: readonly string[]): Record<string, V> =>
  Object.fromEntries(Object.entries(properties).filter(([key]) => names.includes(key)));
