import type { Problem } from "./problem";
import type { SettingTypes } from "./setting";

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
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
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
