import { isRecord, stableJson, valueAt } from "../base/json";
import { type Problem, typeName } from "../base/problem";
import { nearest } from "../base/suggest";
import type { KubernetesObject } from "./object";

/** The part of a CRD's OpenAPI schema that schemaProblems checks. */
export interface CrdSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, CrdSchema>>;
  readonly additionalProperties?: CrdSchema | boolean;
  readonly items?: CrdSchema;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly nullable?: boolean;
  readonly default?: unknown;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly anyOf?: readonly CrdSchema[];
  readonly oneOf?: readonly CrdSchema[];
  readonly allOf?: readonly CrdSchema[];
  readonly "x-kubernetes-int-or-string"?: boolean;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-list-type"?: string;
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-validations"?: readonly { readonly rule: string }[];
}

/**
 * Returns the schema of a field of a CRD's objects; undefined if the CRD does not serve the version, or lacks the field.
 *
 * @param path - names of the fields, such as `spec`, `kubeadmConfigSpec`
 */
export const fieldSchema = (crd: KubernetesObject, version: string, ...path: string[]): CrdSchema | undefined => {
  const versions: unknown = valueAt(crd, "spec", "versions");
  const served = (Array.isArray(versions) ? (versions as readonly unknown[]) : []).find(
    (one) => valueAt(one, "name") === version && valueAt(one, "served") === true,
  );
  const schema = valueAt(served, "schema", "openAPIV3Schema", ...path.flatMap((name) => ["properties", name]));
  return isRecord(schema) ? schema : undefined;
};

/**
 * Returns the problems of a value with the schema of a CRD, as the API server would find them. Unknown fields are
 * problems too, although the API server removes most of them without an error. A rule in CEL is only checked if it asks
 * for unique items. ajv does not know Kubernetes' types of lists, and its messages name no fix.
 *
 * @param key - place of the value in the settings, for the problems
 */
export const schemaProblems = (value: unknown, schema: CrdSchema, key: string): Problem[] => {
  if (value === null && schema.nullable === true) return [];
  if (schema["x-kubernetes-int-or-string"]) {
    const isEither = typeof value === "string" || Number.isInteger(value);
    return isEither ? textProblems(String(value), schema, key) : [typeProblem(value, "int-or-string", key)];
  }
  if (schema.type !== undefined && !hasType(value, schema.type)) return [typeProblem(value, schema.type, key)];
  if (schema.enum && !schema.enum.includes(value)) return [enumProblem(value, schema.enum.map(String), key)];
  return [...contentProblems(value, schema, key), ...choiceProblems(value, schema, key)];
};

const contentProblems = (value: unknown, schema: CrdSchema, key: string): Problem[] => {
  if (typeof value === "string") return textProblems(value, schema, key);
  if (typeof value === "number") return numberProblems(value, schema, key);
  if (Array.isArray(value)) return listProblems(value, schema, key);
  return isRecord(value) ? mapProblems(value, schema, key) : [];
};

/** Returns the problems of a value with the schemas that its schema combines. */
const choiceProblems = (value: unknown, { allOf = [], anyOf = [], oneOf = [] }: CrdSchema, key: string): Problem[] => {
  // Only the outer schema names all fields of a map.
  const fits = (schema: CrdSchema): boolean =>
    schemaProblems(value, { "x-kubernetes-preserve-unknown-fields": true, ...schema }, key).length === 0;
  const [any, one] = [anyOf.filter(fits).length, oneOf.filter(fits).length];
  const isValid = allOf.every(fits) && (anyOf.length === 0 || any > 0) && (oneOf.length === 0 || one === 1);
  const rule = "a value of the forms that its schema allows";
  return isValid ? [] : [{ key, got: typeName(value), rule, remedy: "Compare it with the schema" }];
};

const hasType = (value: unknown, type: string): boolean => {
  switch (type) {
    case "object":
      return isRecord(value);
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
};

const types: Readonly<Record<string, { readonly rule: string; readonly example: string }>> = {
  string: { rule: "a string", example: '"text", in quotes if it looks like a number or a boolean' },
  integer: { rule: "an integer", example: "3, without quotes" },
  number: { rule: "a number", example: "1.5, without quotes" },
  boolean: { rule: "true or false", example: "true or false, without quotes" },
  object: { rule: "a map", example: "lines of NAME: value, indented under the key" },
  array: { rule: "a list", example: "lines that begin with a hyphen, indented under the key" },
  "int-or-string": { rule: "an integer or a string", example: "1 or 50%" },
};

const typeProblem = (value: unknown, type: string, key: string): Problem => {
  const { rule, example } = types[type] ?? { rule: type, example: type };
  const isShort = typeof value === "number" || typeof value === "boolean";
  // A text or a map may hold a secret.
  return { key, rule, ...(isShort ? { received: value } : { got: typeName(value) }), remedy: `Write it as ${example}` };
};

const enumProblem = (received: unknown, values: readonly string[], key: string): Problem => {
  const similar = nearest(String(received), values);
  const remedy = similar === undefined ? "Choose one of these values" : `Set it to ${similar}`;
  return { key, received, rule: `one of ${values.join(", ")}`, remedy };
};

/** Returns `3 to 5 items`, `at least 3 items` or `at most 5 items`; undefined if a size is within the limits. */
const sizeRule = (size: number, least = 0, most = Infinity, noun: string): string | undefined => {
  if (size >= least && size <= most) return undefined;
  if (most === Infinity) return `at least ${least} ${noun}`;
  return least > 0 ? `${least} to ${most} ${noun}` : `at most ${most} ${noun}`;
};

const sizeProblems = (size: number, least: number | undefined, most: number | undefined, noun: string, key: string) => {
  const rule = sizeRule(size, least, most, noun);
  const remedy = size < (least ?? 0) ? "Remove the field, or fill it" : "Shorten it";
  return rule === undefined ? [] : [{ key, got: `${size} ${noun}`, rule, remedy }];
};

const textProblems = (value: string, schema: CrdSchema, key: string): Problem[] => {
  const { minLength, maxLength, pattern, format } = schema;
  const isDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i.test(value);
  return [
    ...sizeProblems([...value].length, minLength, maxLength, "characters", key),
    ...(matches(value, pattern)
      ? []
      : [{ key, received: value, rule: `a value that matches ${pattern}`, remedy: "Correct the value" }]),
    ...(format === "date-time" && !isDate
      ? [{ key, received: value, rule: "a time", remedy: "Write it as 2026-01-31T12:00:00Z" }]
      : []),
  ];
};

/** Returns whether a text matches a pattern in Go's syntax; true if JavaScript cannot read the pattern. */
const matches = (value: string, pattern: string | undefined): boolean => {
  if (pattern === undefined) return true;
  try {
    return new RegExp(pattern, "u").test(value);
  } catch {
    return true;
  }
};

const numberProblems = (value: number, schema: CrdSchema, key: string): Problem[] => {
  const { minimum, maximum, format } = schema;
  const isLimit =
    (schema.exclusiveMinimum === true && value === minimum) || (schema.exclusiveMaximum === true && value === maximum);
  if (isLimit) return [{ key, received: value, rule: `a number other than ${value}, its limit`, remedy: "Correct it" }];
  const limit = format === "int32" ? 2 ** 31 : Infinity;
  const [least, most] = [Math.max(minimum ?? -limit, -limit), Math.min(maximum ?? limit - 1, limit - 1)];
  if (value >= least && value <= most) return [];
  const rule =
    most === Infinity
      ? `a number of at least ${least}`
      : least === -Infinity
        ? `at most ${most}`
        : `${least} to ${most}`;
  return [{ key, received: value, rule, remedy: `Set it to ${value < least ? least : most}` }];
};

/** The rule in CEL by which Kubernetes' generators ask for items with unique fields. */
const uniqueRule = /^self\.all\((\w+), self\.exists_one\((\w+), \1\.(\w+) == \2\.\3\)\)$/;

/** Returns the fields that identify an item of a list; empty if the whole item does; undefined without such a rule. */
const identityFields = (schema: CrdSchema): (readonly string[])[] => [
  ...(schema["x-kubernetes-list-type"] === "set" ? [[]] : []),
  ...(schema["x-kubernetes-validations"] ?? []).flatMap(({ rule }) => {
    const [, , , field] = uniqueRule.exec(rule) ?? [];
    return field === undefined ? [] : [[field]];
  }),
  ...(schema["x-kubernetes-list-type"] === "map" ? [schema["x-kubernetes-list-map-keys"] ?? []] : []),
];

const listProblems = (value: readonly unknown[], schema: CrdSchema, key: string): Problem[] => {
  const { items, minItems, maxItems } = schema;
  const inner = items ? value.flatMap((item, index) => schemaProblems(item, items, `${key}[${index}]`)) : [];
  const [fields] = identityFields(schema);
  return [
    ...sizeProblems(value.length, minItems, maxItems, "items", key),
    ...inner,
    ...(fields === undefined || inner.length > 0 ? [] : repeatedItems(value, fields, key)),
  ];
};

const repeatedItems = (value: readonly unknown[], fields: readonly string[], key: string): Problem[] => {
  const identity = (item: unknown): string =>
    stableJson(fields.length === 0 ? item : fields.map((field) => valueAt(item, field) ?? null));
  const first = new Map<string, number>();
  return value.flatMap((item, index) => {
    const earlier = first.get(identity(item));
    first.set(identity(item), earlier ?? index);
    if (earlier === undefined) return [];
    const rule = fields.length === 0 ? "each item once" : `another ${fields.join(" and ")} than ${key}[${earlier}]`;
    return [{ key: `${key}[${index}]`, got: "the same", rule, remedy: "Remove one of the two" }];
  });
};

const mapProblems = (value: Record<string, unknown>, schema: CrdSchema, key: string): Problem[] => {
  const { properties = {}, additionalProperties, required = [], minProperties, maxProperties } = schema;
  const missing = required.filter((name) => !Object.hasOwn(value, name) && properties[name]?.default === undefined);
  return [
    ...sizeProblems(Object.keys(value).length, minProperties, maxProperties, "fields", key),
    ...missing.map((name) => ({
      key,
      got: `a map without ${name}`,
      rule: `a map with ${required.join(", ")}`,
      remedy: `Add ${name}`,
    })),
    ...Object.entries(value).flatMap(([name, inner]) => {
      const known = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
      if (isRecord(known)) return schemaProblems(inner, known, `${key}.${name}`);
      const isAccepted = known === true || schema["x-kubernetes-preserve-unknown-fields"] === true;
      return isAccepted ? [] : [unknownField(name, Object.keys(properties), key)];
    }),
  ];
};

const unknownField = (name: string, names: readonly string[], key: string): Problem => {
  const similar = nearest(name, names);
  const known = names.length === 0 ? "" : `; known fields: ${[...names].sort().join(", ")}`;
  const remedy = similar === undefined ? `Remove it${known}` : `Did you mean ${similar}? Rename it, or remove it`;
  return { key: `${key}.${name}`, rule: "a known field", remedy };
};
