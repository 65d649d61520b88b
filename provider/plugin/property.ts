import { isRecord } from "../../lib/base/json";
import type { Failure } from "./rpc";
import { isUnknown, type Properties, type Value } from "./values";

/** Type of a property. A named type is a type of its own in the SDKs. */
export type PropertyType =
  | { readonly is: "string"; readonly rule: string; readonly test?: (text: string) => boolean }
  | { readonly is: "integer"; readonly minimum: number; readonly maximum: number }
  | { readonly is: "boolean" }
  | { readonly is: "choice"; readonly name: string; readonly description: string; readonly values: Choices }
  | { readonly is: "list" | "map"; readonly of: PropertyType }
  | { readonly is: "object"; readonly name: string; readonly description: string; readonly fields: Declared };

/** Descriptions of the allowed values, by value. */
export type Choices = Readonly<Record<string, string>>;

/** A property of a resource or of an object: the source of its check, its comparison and its documentation. */
export interface Property {
  /** Sentences in Markdown, without the unit, the default and the effect of a change. */
  readonly description: string;
  readonly type: PropertyType;
  /** The value, or the meaning in words, of an absent property. @default - the property is required */
  readonly default?: string | number | boolean | { readonly means: string };
  /** Unit of a number. */
  readonly unit?: string;
  /** Whether a change of an input replaces the resource. @default false */
  readonly replaces?: boolean;
}

/** Properties by name. */
export type Declared = Readonly<Record<string, Property>>;

/** What a program sets at a resource, and what the resource returns. */
export interface ResourceDeclaration {
  /** Sentences in Markdown. */
  readonly description: string;
  readonly inputs: Declared;
  /** Properties that a read returns and a program never sets. */
  readonly outputs: Declared;
}

export const string: PropertyType = { is: "string", rule: "a string" };
export const boolean: PropertyType = { is: "boolean" };
export const integer = (minimum: number, maximum: number): PropertyType => ({ is: "integer", minimum, maximum });
export const list = (of: PropertyType): PropertyType => ({ is: "list", of });
export const map = (of: PropertyType): PropertyType => ({ is: "map", of });
export const stringMap = map(string);

/** Returns the type of strings that pass a test. The rule completes the sentence "expected …". */
export const stringLike = (rule: string, test: (text: string) => boolean): PropertyType => ({
  is: "string",
  rule,
  test,
});

/** Returns true for a property that a program must set. */
export const isRequired = (property: Property): boolean => property.default === undefined;

/** Returns the noun phrase of a type for the sentence "expected …". */
const nounOf = (type: PropertyType): string => {
  switch (type.is) {
    case "string":
      return type.rule;
    case "integer":
      return `an integer from ${type.minimum} to ${type.maximum}`;
    case "boolean":
      return "true or false";
    case "choice":
      return `one of ${Object.keys(type.values).join(", ")}`;
    case "list":
      return "a list";
    case "map":
      return type.of.is === "string" ? "a map of strings" : "a map";
    case "object":
      return `an object with ${Object.keys(type.fields).sort().join(", ")}`;
  }
};

const shown = (value: Value): string => {
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 197)}...` : text;
};

const pathTo = (path: string, key: string): string => {
  if (!/^[A-Za-z_]\w*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
};

const isScalar = (type: PropertyType, value: Value): boolean => {
  switch (type.is) {
    case "string":
      return typeof value === "string" && value !== "" && type.test?.(value) !== false;
    case "integer":
      return Number.isInteger(value) && Number(value) >= type.minimum && Number(value) <= type.maximum;
    case "boolean":
      return typeof value === "boolean";
    case "choice":
      return typeof value === "string" && Object.hasOwn(type.values, value);
    default:
      return false;
  }
};

const checkValue = (type: PropertyType, value: Value, path: string): Failure[] => {
  if (isUnknown(value)) return [];
  if (type.is === "list" && Array.isArray(value))
    return value.flatMap((item, index) => checkValue(type.of, item, `${path}[${index}]`));
  if (type.is === "map" && isRecord(value))
    return Object.entries(value).flatMap(([key, item]) => checkValue(type.of, item, pathTo(path, key)));
  if (type.is === "object" && isRecord(value)) return checkProperties(type.fields, value, path);
  return isScalar(type, value) ? [] : [{ property: path, reason: `expected ${nounOf(type)}, got ${shown(value)}` }];
};

/**
 * Returns what is wrong with properties: unknown names, wrong values and missing properties, each by its path. A value
 * that is unknown before the real run passes.
 *
 * @param path - path of the object that has the properties; default: the resource itself
 */
export const checkProperties = (declared: Declared, properties: Properties, path = ""): Failure[] => [
  ...Object.entries(properties).flatMap(([name, value]) => {
    const property = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (property !== undefined) return checkValue(property.type, value, pathTo(path, name));
    const names = Object.keys(declared).sort().join(", ");
    return [{ property: pathTo(path, name), reason: `expected one of ${names}, got another property` }];
  }),
  ...Object.entries(declared)
    .filter(([name, property]) => isRequired(property) && !(name in properties))
    .map(([name, { type }]) => ({ property: pathTo(path, name), reason: `expected ${nounOf(type)}, got nothing` })),
];

/** Returns a value in which every object has the values of its absent properties, so that equal meanings are equal. */
export const withDefaults = (type: PropertyType, value: Value): Value => {
  if (type.is === "list" && Array.isArray(value)) return value.map((item) => withDefaults(type.of, item));
  if (type.is === "map" && isRecord(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withDefaults(type.of, item)]));
  if (type.is !== "object" || !isRecord(value)) return value;
  const defaults = Object.entries(type.fields).filter(([, property]) => typeof property.default !== "object");
  const filled: Properties = Object.fromEntries(
    defaults.flatMap(([name, property]) => (property.default === undefined ? [] : [[name, property.default as Value]])),
  );
  for (const [name, item] of Object.entries(value)) {
    const property = type.fields[name];
    filled[name] = property === undefined ? item : withDefaults(property.type, item);
  }
  return filled;
};
