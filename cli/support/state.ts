import { signatureKey } from "../../lib/base/pulumiMarks";
import { isRecord } from "../../lib/base/json";
import { openKeys } from "../../lib/base/secretForms";
import { readYaml, toYaml } from "../../lib/kubernetes/yaml";
import { isTelling } from "../../lib/redaction/known";
import { redacted } from "../../lib/redaction/rules";
import type { Redact } from "../../lib/redaction/text";
import { redactValue } from "../../lib/redaction/value";

const hidden = (value: unknown): unknown =>
  isRecord(value) ? Object.fromEntries(Object.keys(value).map((key) => [key, redacted])) : redacted;

/**
 * Returns a stack file without secrets: encrypted values, the salt, and the values of templateSecrets even if they are in
 * plain text.
 *
 * @throws ProblemError if the file is not YAML, because then its secrets cannot be located
 */
export const settingsWithoutSecrets = (text: string, source: string, redact: Redact): string => {
  const [document] = readYaml(text, source);
  if (!isRecord(document)) return "";
  const config = isRecord(document["config"]) ? document["config"] : {};
  const open = Object.entries(config).map(([key, value]) => [
    key,
    key === "slipway:templateSecrets" || (isRecord(value) && "secure" in value) ? hidden(value) : value,
  ]);
  const { encryptionsalt, encryptedkey, ...rest } = document;
  const sealedParts = Object.fromEntries(
    Object.entries({ encryptionsalt, encryptedkey }).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, redacted]],
    ),
  );
  return toYaml(
    redactValue({ ...rest, ...sealedParts, config: Object.fromEntries(open) as unknown }, redact) as object,
  );
};

/** The fields of a resource in `pulumi stack export` that identify the resource and its place in the state. */
interface Resource {
  urn: string;
  type: string;
  id?: string;
  custom?: boolean;
  external?: boolean;
  protect?: boolean;
  delete?: boolean;
  parent?: string;
  dependencies?: string[];
  deletedWith?: string;
  created?: string;
  modified?: string;
  initErrors?: string[];
}

/** A state with secrets, inputs and outputs. */
export interface WholeState {
  deployment: {
    manifest?: unknown;
    resources?: Resource[];
    pending_operations?: { type: string; resource: Resource }[];
  };
}

/** Fields of a resource for the archive: those that contain neither inputs nor outputs. */
const listedFields: readonly (keyof Resource)[] = [
  "urn",
  "type",
  "id",
  "custom",
  "external",
  "protect",
  "delete",
  "parent",
  "dependencies",
  "deletedWith",
  "created",
  "modified",
  "initErrors",
];

const listed = (resource: Resource): object =>
  Object.fromEntries(listedFields.map((field) => [field, resource[field]]));

/** Lists the resources and pending operations of a state, without inputs and outputs. */
export const resourceList = ({ deployment }: WholeState): object => {
  const { manifest, resources = [], pending_operations: operations = [] } = deployment;
  return {
    manifest,
    resources: resources.map(listed),
    pending: operations.map(({ type, resource }) => ({ type, resource: listed(resource) })),
  };
};

/** Decodes base64; returns an empty list for other texts. */
const decoded = (value: string): string[] => {
  const bytes = Buffer.from(value, "base64");
  const text = bytes.toString("utf8");
  return bytes.toString("base64") === value && !text.includes("\ufffd") ? [text] : [];
};

interface ExportedInputs {
  deployment: { resources?: { inputs?: unknown }[]; pending_operations?: { resource: { inputs?: unknown } }[] };
}

/** Parses an export. Text that is not JSON has no values, because the parser's error would quote the export. */
const parseExport = (json: string): ExportedInputs => {
  try {
    return JSON.parse(json) as ExportedInputs;
  } catch {
    return { deployment: {} };
  }
};

/** Returns the strings in a value, and their base64-decoded forms. Public keys of Secrets are left out. */
const leavesOf = (value: unknown, key = ""): string[] => {
  if (typeof value === "string") return openKeys.test(key) ? [] : [value, ...decoded(value)];
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, name))
    : [];
};

/** Returns the strings inside Pulumi's marks of secrets. */
const markedIn = (value: unknown): string[] => {
  if (typeof value !== "object" || value === null) return [];
  const { [signatureKey]: mark, plaintext } = value as Record<string, unknown>;
  if (mark !== undefined) return typeof plaintext === "string" ? leavesOf(JSON.parse(plaintext)) : [];
  return Object.values(value).flatMap(markedIn);
};

/**
 * Returns the secret values among the inputs of a state that was exported with `--show-secrets`, and their
 * base64-decoded forms. The Secrets of manifests are among them. Outputs are left out, because some outputs are secret as
 * a whole, names included.
 */
export const secretInputsIn = ({ deployment }: ExportedInputs): string[] => {
  const { resources = [], pending_operations: pending = [] } = deployment;
  const inputs = [...resources, ...pending.map(({ resource }) => resource)].map((resource) => resource.inputs);
  return [...new Set(inputs.flatMap(markedIn).map((text) => text.trim()))].filter(isTelling);
};

/** Returns the secret values among the inputs of a state, as `secretInputsIn` does, from the text of the export. */
export const secretInputs = (json: string): string[] => secretInputsIn(parseExport(json));

/** Returns the secret strings in the output of `pulumi config --json --show-secrets`. */
export const secretTexts = (json: string): string[] => {
  const leaves = (value: unknown): string[] => {
    if (typeof value === "string") return [value];
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : [];
  };
  const config = JSON.parse(json) as Record<string, { secret?: boolean; value?: string; objectValue?: unknown }>;
  return Object.values(config)
    .filter(({ secret }) => secret === true)
    .flatMap(({ value, objectValue }) => leaves(objectValue ?? value));
};
