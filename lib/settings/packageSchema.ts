import * as z from "zod/mini";
import { clusterFields } from "./schema/cluster";
import { healthCheckFields, nodeConditionFields } from "./schema/healthCheck";
import { mountFields, portFields } from "./schema/mounts";
import { poolFields, taintFields } from "./schema/pools";
import { defaultOf, notes, type SettingTable, typeSchema } from "./schema/setting";
import { infrastructureProviderFields, type SettingKey, settingsSchema } from "./schema/stack";

/** A part of a Pulumi schema. */
export type SchemaPart = Readonly<Record<string, unknown>>;

/** The properties of an object in a Pulumi schema, and the names of those that a program must set. */
export interface ObjectSchema {
  readonly properties: Readonly<Record<string, SchemaPart>>;
  readonly required: readonly string[];
}

/** The maps with known fields in the settings, by their names in SDKs. */
const namedTables: Readonly<Record<string, { fields: SettingTable; description: string }>> = {
  AddedProvider: { fields: infrastructureProviderFields, description: "An additional provider of Cluster API." },
  Cluster: { fields: clusterFields, description: "A workload cluster." },
  HealthCheck: { fields: healthCheckFields, description: "MachineHealthChecks of a cluster." },
  Mount: { fields: mountFields, description: "A file or folder of this machine that nodes see." },
  NodeCondition: { fields: nodeConditionFields, description: "A condition of a node that means unhealthy." },
  Port: { fields: portFields, description: "A port of this machine that leads to a node." },
  Taint: { fields: taintFields, description: "A taint of nodes." },
  WorkerPool: { fields: poolFields, description: "A pool of worker nodes." },
};

const anyValue: SchemaPart = { $ref: "pulumi.json#/Any" };

const tokenOf = (name: string): string => `slipway:index:${name}`;

/** Returns the name of the table with these fields. */
const tableName = (fields: SettingTable): string => {
  const keys = Object.keys(fields).join();
  const entry = Object.entries(namedTables).find(([, table]) => Object.keys(table.fields).join() === keys);
  if (entry === undefined) throw new Error(`the fields ${keys} need a name in lib/settings/packageSchema.ts`);
  return entry[0];
};

const typeOf = (schema: z.core.$ZodType): SchemaPart => {
  const type = typeSchema(schema);
  if (type instanceof z.ZodMiniArray) return { type: "array", items: typeOf(type._zod.def.element) };
  if (type instanceof z.ZodMiniRecord) return { type: "object", additionalProperties: typeOf(type._zod.def.valueType) };
  if (type instanceof z.ZodMiniBoolean) return { type: "boolean" };
  if (type instanceof z.ZodMiniNumber) return { type: "integer" };
  if (type instanceof z.ZodMiniString || type instanceof z.ZodMiniEnum) return { type: "string" };
  if (!(type instanceof z.ZodMiniObject)) return anyValue;
  const fields = type.shape as SettingTable;
  // A map without known fields has any values.
  if (Object.keys(fields).length === 0) return { type: "object", additionalProperties: anyValue };
  return { $ref: `#/types/${tokenOf(tableName(fields))}` };
};

/** Returns the sentence about the values of a setting with a fixed set of values; empty for other settings. */
const valuesOf = (schema: z.core.$ZodType): string => {
  const type = typeSchema(schema);
  if (!(type instanceof z.ZodMiniEnum)) return "";
  const values = type.options.filter((option) => option !== "");
  return ` One of ${values.map((value) => `\`${String(value)}\``).join(", ")}.`;
};

/** Returns a default that Pulumi's schema can state; undefined for an empty string, a list and a map. */
const plainDefault = (value: unknown): string | number | boolean | undefined =>
  typeof value === "boolean" || typeof value === "number" || (typeof value === "string" && value !== "")
    ? value
    : undefined;

/**
 * Returns the sentence about the default of an optional setting. It is empty for a setting whose description says what an
 * empty or absent value means.
 */
const defaultSentence = (schema: z.core.$ZodType, description: string): string => {
  const value = defaultOf(schema);
  const plain = plainDefault(value);
  if (plain !== undefined) return ` Default: \`${plain}\`.`;
  if (Array.isArray(value)) return " Default: an empty list.";
  if (typeof value === "object") return " Default: an empty map.";
  return isRequired(schema) || /\b(Empty|Absent|Default|default)\b/.test(description) ? "" : " Default: absent.";
};

const propertyOf = (schema: z.core.$ZodType): SchemaPart => {
  const { description = "", secret } = notes.get(schema as z.ZodMiniType) ?? {};
  const value = plainDefault(defaultOf(schema));
  return {
    ...typeOf(schema),
    description: `${description}${valuesOf(schema)}${defaultSentence(schema, description)}`,
    ...(value === undefined ? {} : { default: value }),
    ...(secret ? { secret } : {}),
  };
};

/** Returns true for a setting that a program must set: it has no default, and no meaning if it is absent. */
const isRequired = (schema: z.core.$ZodType): boolean =>
  !(schema instanceof z.ZodMiniPrefault || schema instanceof z.ZodMiniOptional);

/** Returns the properties of a table of settings in a Pulumi schema. */
export const objectSchema = (table: SettingTable): ObjectSchema => ({
  properties: Object.fromEntries(Object.entries(table).map(([name, schema]) => [name, propertyOf(schema)])),
  required: Object.entries(table).flatMap(([name, schema]) => (isRequired(schema) ? [name] : [])),
});

/** Returns the inputs of the component Lab: all settings of a stack. */
export const labInputs = (): ObjectSchema => objectSchema(settingsSchema);

/** Returns the properties of some of the stack's settings. */
export const settingInputs = (keys: readonly SettingKey[]): ObjectSchema =>
  objectSchema(Object.fromEntries(keys.map((key) => [key, settingsSchema[key]])));

/** Returns the properties of an entry of `clusters`. */
export const clusterInputs = (): ObjectSchema => objectSchema(clusterFields);

/** Returns the named types of the settings, by token. */
export const settingTypes = (): Readonly<Record<string, SchemaPart>> =>
  Object.fromEntries(
    Object.entries(namedTables).map(([name, { fields, description }]) => [
      tokenOf(name),
      { type: "object", description, ...objectSchema(fields) },
    ]),
  );
