import * as z from "zod/mini";
import type { Problem } from "../../base/problem";
import { nearest } from "../../base/suggest";
import type { RoutePins } from "../../versions/pins";
import { notes, type SettingTable, typeSchema, type ValuesOf } from "./setting";

/** The values of a table with what is wrong about them. */
export interface TableReading<T extends SettingTable> {
  readonly values: ValuesOf<T>;
  /** Names whose value is wrong by itself: they have no value, and no rule about several settings may use them. */
  readonly wrong: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

/** Where the values of a table come from, and how errors name them. */
export interface TableSource {
  readonly given: Readonly<Record<string, unknown>>;
  readonly versions: RoutePins;
  /** Where the table is, as `clusters[1]`; empty for the settings themselves. */
  readonly path: string;
}

/** Returns `clusters[1].podCidr`, or the name alone for a setting. */
export const keyAt = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);

/**
 * Reads every setting of a table by its schema. It reads one after the other, so that rules about several settings can
 * judge the right ones although others are wrong. Unknown names come first among the problems.
 */
export const readTable = <T extends SettingTable>(table: T, source: TableSource): TableReading<T> => {
  const { given, versions, path } = source;
  const problems = Object.keys(given)
    .filter((name) => !Object.hasOwn(table, name))
    .map((name) => unknownName(table, path, name, given[name]));
  const values: Record<string, unknown> = {};
  const wrong = new Set<string>();
  for (const [name, schema] of Object.entries(table)) {
    const reading = readValue(schema, Object.hasOwn(given, name) ? given[name] : undefined, keyAt(path, name));
    problems.push(...reading.problems);
    if (reading.problems.length > 0) wrong.add(name);
    const derive = notes.get(schema)?.derived;
    values[name] = derive && reading.value === "" ? derive(versions, values) : reading.value;
  }
  // Each value has the type of its schema, unless its name is in `wrong`.
  return { values: values as ValuesOf<T>, wrong, problems };
};

/** Reads one value by its schema; a wrong value is undefined and has at least one problem. */
export const readValue = <S extends z.ZodMiniType>(
  schema: S,
  received: unknown,
  key: string,
): { readonly value?: z.output<S>; readonly problems: readonly Problem[] } => {
  const { success, data, error } = z.safeParse(schema, received, { reportInput: true });
  if (success) return { value: data, problems: [] };
  const problems = error.issues.flatMap((issue) => problemsOf(issue, schema, key));
  const isSecret = notes.get(schema)?.secret === true;
  return { problems: isSecret ? problems.map(({ key, rule, remedy }) => ({ key, rule, remedy })) : problems };
};

/** Returns the problems that an issue of the schema library stands for. */
const problemsOf = (issue: z.core.$ZodIssue, schema: z.core.$ZodType, start: string): Problem[] => {
  const { key, type } = placeOf(issue.path, schema, start);
  const { input: received } = issue;
  switch (issue.code) {
    case "custom":
      // checks.ts makes every issue of this code.
      return [{ ...(issue.params?.["problem"] as Problem), key }];
    case "invalid_value": {
      const words = issue.values.filter((word) => word !== "");
      const otherwise = words.length < issue.values.length ? "or remove it: then the route decides" : "the default";
      const remedy = `Set it to ${String(words[0])}, ${otherwise}`;
      return [{ key, received, rule: `be one of ${words.join(", ")}`, remedy }];
    }
    case "unrecognized_keys": {
      const fields = type instanceof z.ZodMiniObject ? (type.shape as SettingTable) : {};
      const given = received as Readonly<Record<string, unknown>>;
      return issue.keys.map((name) => unknownName(fields, key, name, given[name]));
    }
    default: {
      const { rule, example } = types[issue.code === "invalid_type" ? issue.expected : "int"] ?? text;
      return [{ key, received, rule: `be ${rule}`, remedy: `Write it as ${example}` }];
    }
  }
};

/** Follows an issue's path to the schema there. A problem with a value of a map without known fields is the map's. */
const placeOf = (path: readonly PropertyKey[], schema: z.core.$ZodType, start: string) => {
  let key = start;
  let type = typeSchema(schema);
  for (const part of path) {
    if (type instanceof z.ZodMiniArray) {
      key = `${key}[${String(part)}]`;
      type = typeSchema(type._zod.def.element);
    } else if (type instanceof z.ZodMiniObject) {
      key = keyAt(key, String(part));
      type = typeSchema((type.shape as SettingTable)[String(part)] ?? type);
    }
  }
  return { key, type };
};

/** How errors name the types that the schema library expects. */
const text = { rule: "text", example: '"text", in quotes if it looks like a number' };
const wholeNumber = { rule: "a whole number", example: "3" };
const map = { rule: "a map", example: "lines of NAME: value, indented under the key" };
const types: Readonly<Record<string, typeof text>> = {
  string: text,
  int: wholeNumber,
  number: wholeNumber,
  boolean: { rule: "true or false", example: "true or false, without quotes" },
  object: map,
  record: map,
  array: { rule: "a list", example: "lines that begin with a hyphen, indented under the key" },
};

const unknownName = (table: SettingTable, path: string, name: string, received: unknown): Problem => {
  const names = Object.keys(table);
  const known = nearest(name, names);
  const instead =
    path === "" ? "Remove it; docs/settings.md lists the settings" : `Remove it; known are ${names.join(", ")}`;
  const isSecret = known !== undefined && table[known] !== undefined && notes.get(table[known])?.secret === true;
  return {
    key: keyAt(path, name),
    // A misspelt name of a secret setting has the secret as its value.
    ...(isSecret ? {} : { received }),
    rule: path === "" ? "be a setting that Pulumi.yaml declares" : "be a known field",
    remedy: known === undefined ? instead : `Did you mean ${known}? Rename it, or remove it`,
  };
};
