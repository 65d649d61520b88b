import * as z from "zod/mini";
import {
  clusterFields,
  infrastructureProviderFields,
  poolFields,
  taintFields,
  healthCheckFields,
  nodeConditionFields,
} from "./schema/cluster";
import { defaultOf, notes, type SettingTable, typeSchema } from "./schema/setting";
import { settingsSchema } from "./schema/stack";

/** A JSON schema, as far as this file writes them. */
type JsonSchema = Readonly<Record<string, unknown>>;

/** A setting as Pulumi.yaml declares it. */
export interface SettingDescription {
  key: string;
  type: string;
  /** Of a list: the type of its items. */
  items?: { type: string };
  default: unknown;
  description: string;
}

/** Pulumi's names of types, by those of the schema library. */
const typeNames: Readonly<Record<string, string>> = { enum: "string", number: "integer", record: "object" };

const typeOf = (schema: z.core.$ZodType): string => {
  const { type } = typeSchema(schema)._zod.def;
  return typeNames[type] ?? type;
};

/** Returns every setting of a table in order; without a table, those of Pulumi.yaml. */
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
 * Returns the JSON schema (draft 7) of a stack's file, for editors. It says what exists, of which type and with which
 * words. Only the program checks what depends on several settings.
 */
export const settingsJsonSchema = (): JsonSchema => ({
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "A stack of Slipway (Pulumi.<stack>.yaml)",
  type: "object",
  properties: {
    config: {
      type: "object",
      properties: configProperties(),
      // Other namespaces, as pulumi:, are Pulumi's own; an unknown key of this project is an error.
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

/** Changes what the schema library writes of one schema to what Pulumi's stack files may hold. */
const adapt = (schema: z.core.$ZodType, json: z.core.JSONSchema.BaseSchema): void => {
  const { description, examples, default: value, ...type } = json;
  for (const key of Object.keys(json)) delete json[key];
  // An empty text stands for no value.
  const isSilent = value === undefined || (value === "" && typeOf(schema) === "string");
  Object.assign(
    json,
    description === undefined ? {} : { description },
    adaptType(type),
    examples === undefined ? {} : { examples },
    isSilent ? {} : { default: value },
  );
};

const adaptType = (json: JsonSchema): JsonSchema => {
  if (json["enum"] !== undefined) return { enum: json["enum"] };
  // `pulumi config set` writes numbers and booleans as texts.
  if (json["type"] === "boolean") return { enum: [true, false, "true", "false"] };
  if (json["type"] === "integer") return { anyOf: [{ type: "integer" }, { type: "string", pattern: "^-?[0-9]+$" }] };
  // Only the program checks the names of a map; notes are not a part of the type.
  const left = ["propertyNames", ...(isEmpty(json["additionalProperties"]) ? ["additionalProperties"] : [])];
  return Object.fromEntries(Object.entries(json).filter(([key]) => ![...left, "derived", "secret"].includes(key)));
};

const isEmpty = (schema: unknown): boolean => JSON.stringify(schema) === "{}";

/** Returns Pulumi.yaml with its block `config`, which is the last one, made of the settings. */
export const projectFile = (before: string): string =>
  before.replace(/^config:\n[^]*/m, () => ["config:", ...describeSettings().flatMap(declarationOf), ""].join("\n"));

const declarationOf = ({ key, type, items, default: value, description }: SettingDescription): string[] => [
  `  ${key}:`,
  `    type: ${type}`,
  ...(items === undefined ? [] : ["    items:", `      type: ${items.type}`]),
  `    default: ${yamlOf(value)}`,
  `    description: ${yamlOf(description)}`,
];

/** Returns a value as YAML on one line: JSON, or a text without quotes where YAML can only read it as this text. */
const yamlOf = (value: unknown): string =>
  typeof value === "string" && /^(?!(true|false|yes|no|on|off|null|y|n)$)[a-z][\w ,.-]*$/i.test(value)
    ? value
    : JSON.stringify(value);

/** docs/settings.md: every setting, and every field of an entry of `clusters`. */
export const settingsDocument = (): string =>
  [
    "# Settings",
    "",
    "<!-- Generated by `npm run schema` from lib/settings/schema/stack.ts and lib/settings/schema/cluster.ts; a test compares. -->",
    "",
    "Each is a key `slipway:KEY` of `Pulumi.STACK.yaml`; `pulumi config set slipway:KEY VALUE` writes it there. Editors that",
    "know YAML schemas complete and check the file by [slipway.schema.json](../slipway.schema.json), which its first line names.",
    "",
    ...tableOf("setting", settingsSchema),
    "",
    "## An entry of `clusters`",
    "",
    "With `clusters`, the settings of the one cluster (`clusterName` and the like) are left out; a name is all that an entry",
    "needs. Each cluster with MetalLB gets a block of `loadBalancerPrefix` in the upper half of `networkSubnet`. The block",
    "follows from the cluster's name alone, so that adding or removing another moves nobody; where two names fall on one",
    "block, the error names a free `loadBalancerSlot`. Slot 0 is the highest block, which a stack without a list has: a",
    "stack that grows a list keeps its addresses with `loadBalancerSlot: 0` on the cluster it had. With `adoptNetwork` the",
    "name decides in a stack without a list too, since another stack's clusters may have the highest.",
    "",
    ...tableOf("field", clusterFields),
    "",
    "### An entry of `workers`",
    "",
    ...tableOf("field", poolFields),
    "",
    "### An entry of `taints`",
    "",
    ...tableOf("field", taintFields),
    "",
    "### `healthCheck`",
    "",
    "One MachineHealthCheck for each worker pool, and one for a control plane of three nodes or more: the only node of a",
    "control plane is replaced by nobody, since etcd's data would go with it.",
    "",
    ...tableOf("field", healthCheckFields),
    "",
    "### An entry of `unhealthyNodeConditions`",
    "",
    ...tableOf("field", nodeConditionFields),
    "",
    "## An entry of `providers`",
    "",
    "For clusters from templates; [beyond-one-machine.md](beyond-one-machine.md) shows one.",
    "",
    ...tableOf("field", infrastructureProviderFields),
    "",
  ].join("\n");

const tableOf = (title: string, table: SettingTable): string[] => [
  `| ${title} | type | default | what it is |`,
  "| --- | --- | --- | --- |",
  ...describeSettings(table).map(({ key, type, default: value, description }) => {
    const schema = table[key] && typeSchema(table[key]);
    const words =
      schema instanceof z.ZodMiniEnum
        ? schema.options
            .filter((word) => word !== "")
            .map((word) => `\`${word}\``)
            .join(", ")
        : type;
    return `| \`${key}\` | ${words} | ${defaultText(value)} | ${description.replaceAll("|", "\\|")} |`;
  }),
];

const defaultText = (value: unknown): string => {
  if (value === undefined || value === "") return "";
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
};
