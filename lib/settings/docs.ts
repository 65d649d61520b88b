import * as z from "zod/mini";
import { clusterFields } from "./schema/cluster";
import { healthCheckFields, nodeConditionFields } from "./schema/healthCheck";
import { mountFields, portFields } from "./schema/mounts";
import { poolFields, taintFields } from "./schema/pools";
import { defaultOf, notes, type SettingTable, typeSchema } from "./schema/setting";
import { infrastructureProviderFields, settingsSchema } from "./schema/stack";

/** A JSON schema. */
type JsonSchema = Readonly<Record<string, unknown>>;

/** The declaration of a setting in Pulumi.yaml. */
export interface SettingDescription {
  key: string;
  type: string;
  /** The type of a list's items; absent for other types. */
  items?: { type: string };
  default: unknown;
  description: string;
}

/** Pulumi's names of types, by the schema library's names. */
const typeNames: Readonly<Record<string, string>> = { enum: "string", number: "integer", record: "object" };

const typeOf = (schema: z.core.$ZodType): string => {
  const { type } = typeSchema(schema)._zod.def;
  return typeNames[type] ?? type;
};

/** Returns the declarations of a table's settings, in order; default: the settings of Pulumi.yaml. */
export const describeSettings = (table: SettingTable = settingsSchema): SettingDescription[] =>
  Object.entries(table).map(([key, schema]) => {
    const type = typeSchema(schema);
    return {
      key,
      type: typeOf(schema),
      ...(type instanceof z.ZodMiniArray ? { items: { type: typeOf(type._zod.def.element) } } : {}),
      default: defaultOf(schema),
      description: notes.get(schema)?.description ?? "",
    };
  });

/**
 * Returns the JSON schema (draft 7) of a stack's file, for editors: keys, types and values. Only the program checks rules
 * about several settings.
 */
export const settingsJsonSchema = (): JsonSchema => ({
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "A stack of Slipway (Pulumi.<stack>.yaml)",
  type: "object",
  properties: {
    config: {
      type: "object",
      properties: configProperties(),
      // Keys of other namespaces, such as pulumi:, are allowed. An unknown key of this project is an error.
      patternProperties: { "^(?!slipway:)": {} },
      additionalProperties: false,
    },
    encryptionsalt: { type: "string" },
    secretsprovider: { type: "string" },
    encryptedkey: { type: "string" },
  },
  additionalProperties: false,
});

const configProperties = (): JsonSchema => {
  const named = Object.fromEntries(Object.entries(settingsSchema).map(([key, schema]) => [`slipway:${key}`, schema]));
  return (
    z.toJSONSchema(z.strictObject(named), {
      target: "draft-7",
      io: "input",
      metadata: notes,
      override: ({ zodSchema, jsonSchema }) => adapt(zodSchema, jsonSchema),
    }).properties ?? {}
  );
};

/** Changes one schema of the schema library, so that it accepts all values that Pulumi's stack files may contain. */
const adapt = (schema: z.core.$ZodType, json: z.core.JSONSchema.BaseSchema): void => {
  const { description, examples, default: value, ...type } = json;
  for (const key of Object.keys(json)) delete json[key];
  // An empty string means that the setting has no value.
  const hasNoDefault = value === undefined || (value === "" && typeOf(schema) === "string");
  Object.assign(
    json,
    description === undefined ? {} : { description },
    adaptType(type),
    examples === undefined ? {} : { examples },
    hasNoDefault ? {} : { default: value },
  );
};

const adaptType = (json: JsonSchema): JsonSchema => {
  if (json["enum"] !== undefined) return { enum: json["enum"] };
  // `pulumi config set` writes numbers and booleans as strings.
  if (json["type"] === "boolean") return { enum: [true, false, "true", "false"] };
  if (json["type"] === "integer") return { anyOf: [{ type: "integer" }, { type: "string", pattern: "^-?[0-9]+$" }] };
  // Only the program checks the names of a map. Notes are not a part of the type.
  const omitted = ["propertyNames", ...(isEmpty(json["additionalProperties"]) ? ["additionalProperties"] : [])];
  return Object.fromEntries(Object.entries(json).filter(([key]) => ![...omitted, "derived", "secret"].includes(key)));
};

const isEmpty = (schema: unknown): boolean => JSON.stringify(schema) === "{}";

/** Returns Pulumi.yaml with the settings as its block `config`, the last block. */
export const projectFile = (before: string): string =>
  before.replace(/^config:\n[^]*/m, () => ["config:", ...describeSettings().flatMap(declarationOf), ""].join("\n"));

const declarationOf = ({ key, type, items, default: value, description }: SettingDescription): string[] => [
  `  ${key}:`,
  `    type: ${type}`,
  ...(items === undefined ? [] : ["    items:", `      type: ${items.type}`]),
  `    default: ${yamlOf(value)}`,
  `    description: ${yamlOf(description)}`,
];

/** Returns a value as YAML on one line: JSON, or a plain string if YAML can only read the string as a string. */
const yamlOf = (value: unknown): string =>
  typeof value === "string" && /^(?!(true|false|yes|no|on|off|null|y|n)$)[a-z][\w ,.-]*$/i.test(value)
    ? value
    : JSON.stringify(value);

/** Returns docs/reference/settings.md, with every setting and every field of an entry of `clusters`. */
export const settingsDocument = (): string =>
  [
    "# Settings",
    "",
    "<!-- Generated by `npm run schema` from lib/settings/schema/stack.ts and lib/settings/schema/cluster.ts; a test compares. -->",
    "",
    "Each setting is a key `slipway:KEY` of `Pulumi.STACK.yaml`. `pulumi config set slipway:KEY VALUE` writes it. Editors with",
    "support for YAML schemas complete and check the file by [slipway.schema.json](../../slipway.schema.json), which the first",
    "line of the file names.",
    "",
    ...tableOf("setting", settingsSchema),
    "",
    "## An entry of `clusters`",
    "",
    "`clusters` replaces the single-cluster settings (`clusterName` and the settings after it, except `applicationImage`). An",
    "entry only needs a name.",
    "",
    "Each cluster with MetalLB gets a block of addresses in the upper half of `networkSubnet`. `loadBalancerPrefix` sets the",
    "size of the block. The block depends only on the cluster's name, so adding or removing a cluster does not move other",
    "clusters. If two names have the same block, the error suggests a free `loadBalancerSlot`.",
    "",
    "Slot 0 is the highest block. A stack without `clusters` has this block. To keep its addresses in a list, set",
    "`loadBalancerSlot: 0` on this cluster. With `adoptNetwork`, the block of a stack without `clusters` depends on the name",
    "too, because clusters of another stack may have the highest block.",
    "",
    ...tableOf("field", clusterFields),
    "",
    "### An entry of `workers`",
    "",
    ...tableOf("field", poolFields),
    "",
    "### An entry of `mounts`",
    "",
    "`managementMounts` has the same fields.",
    "",
    ...tableOf("field", mountFields),
    "",
    "### An entry of `taints`",
    "",
    ...tableOf("field", taintFields),
    "",
    "### `healthCheck`",
    "",
    "Slipway creates a MachineHealthCheck for each worker pool, and for a control plane of three nodes or more. A single",
    "control plane node is never replaced, because etcd's data would be lost. MachinePools have no health check, because",
    "Cluster API does not replace their machines.",
    "",
    ...tableOf("field", healthCheckFields),
    "",
    "### An entry of `unhealthyNodeConditions`",
    "",
    ...tableOf("field", nodeConditionFields),
    "",
    "## An entry of `managementPorts`",
    "",
    ...tableOf("field", portFields),
    "",
    "## An entry of `providers`",
    "",
    "[Other providers](../guides/other-providers.md) shows examples.",
    "",
    ...tableOf("field", infrastructureProviderFields),
    "",
  ].join("\n");

const tableOf = (title: string, table: SettingTable): string[] => [
  `| ${title} | type | default | description |`,
  "| --- | --- | --- | --- |",
  ...describeSettings(table).map(({ key, type, default: value, description }) => {
    const schema = table[key] && typeSchema(table[key]);
    const values =
      schema instanceof z.ZodMiniEnum
        ? schema.options
            .filter((option) => option !== "")
            .map((option) => `\`${option}\``)
            .join(", ")
        : type;
    return `| \`${key}\` | ${values} | ${defaultText(value)} | ${description.replaceAll("|", "\\|")} |`;
  }),
];

const defaultText = (value: unknown): string => {
  if (value === undefined || value === "") return "";
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
};
