import { isDeepStrictEqual } from "node:util";
import { isRecord } from "../base/json";
import type { Problem } from "../base/problem";
import { nearest } from "../base/suggest";

/** A structural OpenAPI v3 schema, as in CRDs and ClusterClasses. */
export type OpenApiSchema = Readonly<Record<string, unknown>>;

/** A problem of a value, with the path of the field in the value: `.a.b[0]`, or empty for the value itself. */
export interface SchemaProblem extends Pick<Problem, "received" | "rule" | "remedy"> {
  readonly path: string;
}

const typeRules: Readonly<Record<string, { rule: string; example: string; is: (value: unknown) => boolean }>> = {
  string: {
    rule: "a string",
    example: '"text", in quotes if it looks like a number',
    is: (v) => typeof v === "string",
  },
  integer: { rule: "an integer", example: "3", is: (v) => Number.isInteger(v) },
  number: { rule: "a number", example: "1.5", is: (v) => typeof v === "number" },
  boolean: { rule: "true or false", example: "true or false, without quotes", is: (v) => typeof v === "boolean" },
  object: { rule: "a map", example: "lines of name: value, indented under the key", is: isRecord },
  array: { rule: "a list", example: "lines that begin with a hyphen, indented under the key", is: Array.isArray },
};

const isIntOrString = (schema: OpenApiSchema): boolean => schema["x-kubernetes-int-or-string"] === true;

/**
 * Returns the problems of a value, as the API server would report them after it has filled in defaults. Rules in CEL and
 * the forms of `format` are left to the API server.
 */
export const schemaProblems = (schema: OpenApiSchema, value: unknown, path = ""): SchemaProblem[] => {
  const problem = (rule: string, remedy: string): SchemaProblem[] => [{ path, received: value, rule, remedy }];
  if (value === null && schema["nullable"] === true) return [];
  if (isIntOrString(schema) && !Number.isInteger(value) && typeof value !== "string")
    return problem("an integer or a string", "Write it as 3, or as text in quotes");
  const type = isIntOrString(schema) ? undefined : typeRules[String(schema["type"] ?? "")];
  if (type && !type.is(value)) return problem(type.rule, `Write it as ${type.example}`);
  const allowed = schema["enum"];
  if (Array.isArray(allowed) && !allowed.some((one) => isDeepStrictEqual(one, value))) {
    const similar = typeof value === "string" ? nearest(value, allowed.map(String)) : undefined;
    const remedy = similar === undefined ? "Choose one of these values" : `Set it to ${similar}`;
    return problem(`one of ${allowed.map((one) => JSON.stringify(one)).join(", ")}`, remedy);
  }
  return [
    ...limitRules(schema, value).flatMap(([rule, remedy]) => problem(rule, remedy)),
    ...(isRecord(value) ? mapProblems(schema, value, path) : []),
    ...(Array.isArray(value) ? listProblems(schema, value, path) : []),
    ...(schemasIn(schema["allOf"]).flatMap((one) => schemaProblems(one, value, path)) ?? []),
    ...choiceProblems(schema, value, path),
  ];
};

const schemasIn = (value: unknown): OpenApiSchema[] => (Array.isArray(value) ? value.filter(isRecord) : []);

const choiceProblems = (schema: OpenApiSchema, value: unknown, path: string): SchemaProblem[] => {
  const matching = (choices: readonly OpenApiSchema[]): number =>
    choices.filter((one) => schemaProblems(one, value, path).length === 0).length;
  const [anyOf, oneOf] = [schemasIn(schema["anyOf"]), schemasIn(schema["oneOf"])];
  const not = schema["not"];
  const broken =
    (anyOf.length > 0 && matching(anyOf) === 0) ||
    (oneOf.length > 0 && matching(oneOf) !== 1) ||
    (isRecord(not) && matching([not]) === 1);
  const remedy = "Compare it with the schema of the field";
  return broken ? [{ path, received: value, rule: "a value of the forms that its schema lists", remedy }] : [];
};

/** Returns the broken limits of a value, each with its remedy. */
const limitRules = (schema: OpenApiSchema, value: unknown): [string, string][] => {
  const limit = (key: string): number | undefined =>
    typeof schema[key] === "number" ? (schema[key] as number) : undefined;
  const broken: [string, string][] = [];
  const range = (size: number, unit: string, least?: number, most?: number): void => {
    if (least !== undefined && size < least) broken.push([`at least ${least}${unit}`, `Use ${least}${unit} or more`]);
    if (most !== undefined && size > most) broken.push([`at most ${most}${unit}`, `Use ${most}${unit} or fewer`]);
  };
  if (typeof value === "number") {
    const [least, most] = [limit("minimum"), limit("maximum")];
    range(value, "", least, most);
    if (schema["exclusiveMinimum"] === true && value === least)
      broken.push([`more than ${least}`, "Use a larger number"]);
    if (schema["exclusiveMaximum"] === true && value === most)
      broken.push([`less than ${most}`, "Use a smaller number"]);
  }
  if (typeof value === "string") {
    range([...value].length, " characters", limit("minLength"), limit("maxLength"));
    const pattern = patternOf(schema["pattern"]);
    if (pattern?.test(value) === false) broken.push([`text that matches ${pattern.source}`, "Correct the text"]);
  }
  if (Array.isArray(value)) {
    range(value.length, " entries", limit("minItems"), limit("maxItems"));
    const repeated = value.some((one, index) => value.slice(0, index).some((other) => isDeepStrictEqual(one, other)));
    if (schema["uniqueItems"] === true && repeated) broken.push(["entries that differ", "Remove the repeated entries"]);
  }
  if (isRecord(value)) range(Object.keys(value).length, " fields", limit("minProperties"), limit("maxProperties"));
  return broken;
};

/** Returns a pattern of Go's syntax; undefined if JavaScript reads the syntax differently. */
const patternOf = (pattern: unknown): RegExp | undefined => {
  if (typeof pattern !== "string") return undefined;
  try {
    return new RegExp(pattern, "u");
  } catch {
    return undefined;
  }
};

const mapProblems = (schema: OpenApiSchema, value: Record<string, unknown>, path: string): SchemaProblem[] => {
  const properties = isRecord(schema["properties"]) ? schema["properties"] : {};
  const additional = schema["additionalProperties"];
  const keepsUnknown =
    schema["x-kubernetes-preserve-unknown-fields"] === true || additional === true || schema["type"] === undefined;
  const required = Array.isArray(schema["required"]) ? schema["required"].map(String) : [];
  const names = Object.keys(properties);
  const missing = required.filter((name) => !Object.hasOwn(value, name) && !hasDefault(properties[name]));
  return [
    ...missing.map((name) => ({
      path: `${path}.${name}`,
      received: undefined,
      rule: "a value, because its schema requires one",
      remedy: "Set it",
    })),
    ...Object.entries(value).flatMap(([name, inner]): SchemaProblem[] => {
      const place = `${path}.${name}`;
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (isRecord(property)) return schemaProblems(property, inner, place);
      if (isRecord(additional)) return schemaProblems(additional, inner, place);
      if (keepsUnknown) return [];
      const suggestion = nearest(name, names);
      const known = names.length === 0 ? "Remove it" : `Remove it; known fields: ${names.join(", ")}`;
      const remedy = suggestion === undefined ? known : `Did you mean ${suggestion}? Rename it, or remove it`;
      return [{ path: place, received: inner, rule: "a field of its schema", remedy }];
    }),
  ];
};

const hasDefault = (schema: unknown): boolean => isRecord(schema) && schema["default"] !== undefined;

const listProblems = (schema: OpenApiSchema, value: readonly unknown[], path: string): SchemaProblem[] => {
  const { items } = schema;
  return isRecord(items) ? value.flatMap((inner, index) => schemaProblems(items, inner, `${path}[${index}]`)) : [];
};
