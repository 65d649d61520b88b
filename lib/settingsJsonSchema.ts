import type { SettingTable } from "./setting";
import { cniNames } from "./cni";
import { settingsSchema } from "./settingsSchema";

/** A JSON schema, as far as this file writes them. */
type JsonSchema = Readonly<Record<string, unknown>>;

/** Fields without which an entry means nothing. */
const required = ["name", "key"];

/**
 * The JSON schema (draft 7) of a stack's file, for editors. It says what exists, of which type and with which words;
 * what depends on several settings is the program's to say.
 */
export const settingsJsonSchema = (): JsonSchema => ({
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "A stack of Slipway (Pulumi.<stack>.yaml)",
  type: "object",
  properties: {
    config: {
      type: "object",
      properties: propertiesOf(settingsSchema, "slipway:"),
      // Other namespaces, as pulumi:, are Pulumi's own; a key of ours that does not exist is refused.
      patternProperties: { "^(?!slipway:)": {} },
      additionalProperties: false,
    },
    encryptionsalt: { type: "string" },
    secretsprovider: { type: "string" },
    encryptedkey: { type: "string" },
  },
  additionalProperties: false,
});

const propertiesOf = (table: SettingTable, prefix = ""): JsonSchema =>
  Object.fromEntries(Object.entries(table).map(([name, setting]) => [`${prefix}${name}`, schemaOf(name, setting)]));

const schemaOf = (name: string, setting: SettingTable[string]): JsonSchema => ({
  description: setting.description,
  ...typeOf(name, setting),
  ...(setting.default === undefined || setting.default === "" ? {} : { default: setting.default }),
});

const typeOf = (name: string, { type, words, items, fields }: SettingTable[string]): JsonSchema => {
  if (words !== undefined) return { enum: words };
  // Any text may be a manifest's location; the names are what an editor offers.
  if (name === "cni") return { type: "string", examples: cniNames };
  if (fields !== undefined) return entryOf(fields);
  switch (type) {
    // `pulumi config set` writes numbers and booleans as texts.
    case "integer":
      return { anyOf: [{ type: "integer" }, { type: "string", pattern: "^-?[0-9]+$" }] };
    case "boolean":
      return { enum: [true, false, "true", "false"] };
    case "array":
      return { type: "array", items: items?.fields ? entryOf(items.fields) : { type: items?.type } };
    default:
      return { type };
  }
};

const entryOf = (fields: SettingTable): JsonSchema => ({
  type: "object",
  properties: propertiesOf(fields),
  required: required.filter((name) => Object.hasOwn(fields, name)),
  additionalProperties: false,
});
