import * as z from "zod/mini";
import type { Problem } from "../../base/problem";
import { nearest } from "../../base/suggest";
import type { RoutePins } from "../../versions/pins";
import { notes, type SettingTable, typeSchema, type ValuesOf } from "./setting";

/** The values of a table and their problems. */
export interface TableReading<T extends SettingTable> {
  readonly values: ValuesOf<T>;
  /** Names with an invalid value. They have no value here, and no rule about several settings may use them. */
  readonly invalid: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

/** The input of a table, and its place for errors. */
export interface TableSource {
  readonly input: Readonly<Record<string, unknown>>;
  readonly versions: RoutePins;
  /** Path of the table, such as `clusters[1]`; empty for the stack's settings. */
  readonly path: string;
}

/** Returns `clusters[1].podCidr`, or only the name for a setting of the stack. */
export const keyAt = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);

/**
 * Reads the settings of a table, each with its schema. Rules about several settings can then check the valid settings
 * although other settings are invalid. Problems of unknown names come first.
 */
export const readTable = <T extends SettingTable>(table: T, source: TableSource): TableReading<T> => {
  const { input, versions, path } = source;
  const problems = Object.keys(input)
    .filter((name) => !Object.hasOwn(table, name))
    .map((name) => unknownName(table, path, name));
  const values: Record<string, unknown> = {};
  const invalid = new Set<string>();
  for (const [name, schema] of Object.entries(table)) {
    const reading = readValue(schema, Object.hasOwn(input, name) ? input[name] : undefined, keyAt(path, name));
    problems.push(...reading.problems);
    if (reading.problems.length > 0) invalid.add(name);
    const derive = notes.get(schema)?.derived;
    values[name] = derive && reading.value === "" ? derive(versions, values) : reading.value;
  }
  // Each value has the type of its schema, unless its name is in `invalid`.
  return { values: values as ValuesOf<T>, invalid, problems };
};

/** Reads one value with its schema. An invalid value becomes undefined and at least one problem. */
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

/** Converts an issue of the schema library to problems. */
const problemsOf = (issue: z.core.$ZodIssue, schema: z.core.$ZodType, start: string): Problem[] => {
  const { key, type } = locationOf(issue.path, schema, start);
  const { input: received } = issue;
  switch (issue.code) {
    case "custom":
      // checks.ts makes every issue with this code.
      return [{ ...(issue.params?.["problem"] as Problem), key }];
    case "invalid_value": {
      const values = issue.values.filter((value) => value !== "");
      const similar = nearest(String(received), values.map(String));
      const choice = similar === undefined ? "Choose one of these values" : `Set it to ${quoted(similar)}`;
      const remedy = `${choice}, or remove it for the default`;
      return [{ key, received, rule: `one of ${values.join(", ")}`, remedy }];
    }
    case "unrecognized_keys": {
      const fields = type instanceof z.ZodMiniObject ? (type.shape as SettingTable) : {};
      return issue.keys.map((name) => unknownName(fields, key, name));
    }
    default: {
      const { rule, example } = types[issue.code === "invalid_type" ? issue.expected : "int"] ?? string;
      return [{ key, received, rule, remedy: `Write it as ${example}` }];
    }
  }
};

/** Follows an issue's path to a schema. Problems with values of a map without known fields belong to the map. */
const locationOf = (path: readonly PropertyKey[], schema: z.core.$ZodType, start: string) => {
  let key = start;
  let type = typeSchema(schema);
  for (const segment of path) {
    if (type instanceof z.ZodMiniArray) {
      key = `${key}[${String(segment)}]`;
      type = typeSchema(type._zod.def.element);
    } else if (type instanceof z.ZodMiniObject) {
      key = keyAt(key, String(segment));
      type = typeSchema((type.shape as SettingTable)[String(segment)] ?? type);
    }
  }
  return { key, type };
};

/** Returns a value as YAML reads it as text: `"True"` is a text, `True` is not. */
const quoted = (value: string): string => (/^(true|false|null|[\d.]+)$/i.test(value) ? `"${value}"` : value);

const string = { rule: "a string", example: '"text", in quotes if it looks like a number' };
const integer = { rule: "an integer", example: "3" };
const map = { rule: "a map", example: "lines of NAME: value, indented under the key" };

/** Rules and examples for the types of the schema library. */
const types: Readonly<Record<string, typeof string>> = {
  string,
  int: integer,
  number: integer,
  boolean: { rule: "true or false", example: "true or false, without quotes" },
  object: map,
  record: map,
  array: { rule: "a list", example: "lines that begin with a hyphen, indented under the key" },
};

/** Returns the problem of an unknown name, without its value: a misspelt secret is a secret. */
const unknownName = (table: SettingTable, path: string, name: string): Problem => {
  const names = Object.keys(table);
  const suggestion = nearest(name, names);
  const remedy =
    path === ""
      ? "Remove it; docs/reference/settings.md lists the settings"
      : `Remove it; known fields: ${names.join(", ")}`;
  return {
    key: keyAt(path, name),
    rule: path === "" ? "a setting that Pulumi.yaml declares" : "a known field",
    remedy: suggestion === undefined ? remedy : `Did you mean ${suggestion}? Rename it, or remove it`,
  };
};
