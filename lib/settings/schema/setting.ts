import { isRecord } from "../../base/json";
import { problemsOf, ProblemError, refuse, type Problem } from "../../base/problem";
import type { RoutePins } from "../../versions/pins";
import type { Check } from "../checks/check";
import { manifestLocation } from "../checks/values";

/** Types of settings, by Pulumi.yaml's names. */
export interface SettingTypes {
  string: string;
  integer: number;
  boolean: boolean;
  object: Readonly<Record<string, unknown>>;
  array: readonly unknown[];
}

/** One setting: all that Pulumi.yaml, the reader and the documentation know about it. */
export interface Setting<T = never> {
  readonly type: keyof SettingTypes;
  /** As Pulumi.yaml declares it; an empty text stands for `derived`. */
  readonly default: T | string;
  readonly description: string;
  readonly check: Check<T>;
  /** Checks a text too, and gives the value that it stands for; absent where a value stands for itself. */
  readonly parse?: (text: string) => unknown;
  /** What an empty text means, from the pinned versions and the settings above in the table. */
  readonly derived?: Derived;
  /** The only values there are. */
  readonly words?: readonly (string | number)[];
  /** Whether its value is shown to nobody, not even in an error. */
  readonly secret?: true;
  /** Of a map with known fields: these. */
  readonly fields?: SettingTable;
  /** Of a list: the type of its items, and for maps their fields. */
  readonly items?: { readonly type: keyof SettingTypes; readonly fields?: SettingTable };
}

/** A table of settings by name; the type of each value is the table's own business. */
export type SettingTable = Readonly<Record<string, Omit<Setting, "default"> & { readonly default: unknown }>>;

/** A default that depends on pinned versions, or on settings above in the table. */
export type Derived = (versions: RoutePins, earlier: Readonly<Record<string, unknown>>) => string;

/** Any text that a check accepts. */
export const text = (value: string, description: string, check: Check<string>): Setting<string> => ({
  type: "string",
  default: value,
  description,
  check,
});

/** A setting whose text stands for a value. */
export interface ParsedSetting<V> extends Setting<string> {
  readonly parse: (text: string) => V;
}

/** A text that is read once, here, and is a value from then on. */
export const parsed = <V>(value: string, description: string, parse: (text: string) => V): ParsedSetting<V> => ({
  ...text(value, description, parse),
  parse,
});

/** The value of a setting as the rules see it. */
export type ValueOf<S> = S extends ParsedSetting<infer V> ? V : S extends Setting<infer T> ? T : never;

/** Text whose default is not a constant. */
export const derived = (value: Derived, description: string, check: Check<string>): Setting<string> => ({
  ...text("", description, check),
  derived: value,
});

/** A whole number. */
export const count = (value: number, description: string, check: Check<number>): Setting<number> => ({
  type: "integer",
  default: value,
  description,
  check,
});

/** A whole number that may be absent. */
export const optionalCount = (description: string, check: Check<number>): Setting<number | undefined> => ({
  type: "integer",
  default: undefined,
  description,
  check: (value) => (value === undefined ? undefined : check(value)),
});

/** True or false. */
export const flag = (value: boolean, description: string): Setting<boolean> => ({
  type: "boolean",
  default: value,
  description,
  check: () => undefined,
});

/** One of some words, the first by default. */
export const choice = <T extends string>(
  values: readonly [T, ...T[]],
  description: string,
  otherwise = "the default",
): Setting<T> => ({
  type: "string",
  default: values[0],
  description,
  words: values,
  check: (value) => {
    if (values.includes(value)) return;
    refuse({ received: value, rule: `be one of ${values.join(", ")}`, remedy: `Set it to ${values[0]}, ${otherwise}` });
  },
});

/** Declares one of some words. Empty means the first, unless routeDefaults.ts fills in another for the source route. */
export const choiceOfRoute = <T extends string>(values: readonly [T, ...T[]], description: string): Setting<T> => ({
  ...choice(values, description, "or remove it: then the route decides"),
  default: "",
  derived: () => values[0],
});

/** Where a manifest lies. */
export const manifest = (what: string, location: (versions: RoutePins) => string): Setting<string> =>
  derived(
    location,
    `Manifest of ${what}: URL or path. Empty: that of the pinned release; on the source route, the one that make tools builds.`,
    manifestLocation,
  );

/** Values by name, empty by default. */
export const variables = (
  description: string,
  check: Check<SettingTypes["object"]>,
): Setting<SettingTypes["object"]> => ({ type: "object", default: {}, description, check });

/** A list of maps, each with the fields of a table; whoever uses the list reads its items by that table. */
export const listOf = <T>(fields: SettingTable, description: string): Setting<readonly T[]> => ({
  type: "array",
  default: [],
  description,
  check: () => undefined,
  items: { type: "object", fields },
});

/** A list of texts, each of which a check accepts. */
export const texts = (description: string, check: Check<string>): Setting<readonly string[]> => ({
  type: "array",
  default: [],
  description,
  items: { type: "string" },
  check: (values) => {
    const problems = values.flatMap((value, index) =>
      (typeof value === "string"
        ? problemsOf(() => check(value))
        : [{ received: value as unknown, rule: "be text", remedy: "Write it in quotes" }]
      ).map((problem) => ({ ...problem, key: `[${index}]` })),
    );
    if (problems.length > 0) throw new ProblemError(problems);
  },
});

type TypeName = keyof SettingTypes;

/**
 * A received value as a setting's type, or undefined where it is none of it. YAML gives typed values, Pulumi gives a
 * program texts (`"1"`, `"true"`, JSON), so both are read.
 */
export const asType = (type: TypeName, received: unknown): unknown => {
  const value = typeof received === "string" && type !== "string" ? fromText(type, received) : received;
  return is[type](value) ? value : undefined;
};

/** The problem of a value that is not of its setting's type. */
export const wrongType = (key: string, type: TypeName, received: unknown): Problem => ({
  key,
  received,
  rule: `be ${names[type].rule}`,
  remedy: `Write it as ${names[type].example}`,
});

const is: Record<TypeName, (value: unknown) => boolean> = {
  string: (value) => typeof value === "string",
  integer: (value) => Number.isSafeInteger(value),
  boolean: (value) => typeof value === "boolean",
  object: isRecord,
  array: (value) => Array.isArray(value),
};

const names: Record<TypeName, { rule: string; example: string }> = {
  string: { rule: "text", example: '"text", in quotes if it looks like a number' },
  integer: { rule: "a whole number", example: "3" },
  boolean: { rule: "true or false", example: "true or false, without quotes" },
  object: { rule: "a map", example: "lines of NAME: value, indented under the key" },
  array: { rule: "a list", example: "lines that begin with a hyphen, indented under the key" },
};

const fromText = (type: Exclude<TypeName, "string">, text: string): unknown => {
  if (type === "integer" && !/^-?\d+$/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};
