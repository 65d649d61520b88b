import type { KubernetesObject } from "../../lib/kubernetes/object";

/** The part of an OpenAPI schema that is compared here; rules written in CEL are not. */
interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  required?: string[];
  enum?: unknown[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  minProperties?: number;
  minimum?: number;
  maximum?: number;
  "x-kubernetes-int-or-string"?: boolean;
  "x-kubernetes-preserve-unknown-fields"?: boolean;
}

/** Why an object does not fit its CRD: one line per misfit, empty where it fits. */
export const misfits = (object: KubernetesObject, crds: KubernetesObject[]): string[] => {
  const [group, version] = object.apiVersion.split("/");
  const specs = crds.map((crd) => crd["spec"] as CrdSpec);
  const spec = specs.find((one) => one.group === group && one.names.kind === object.kind);
  const schema = spec?.versions.find((one) => one.name === version && one.served)?.schema.openAPIV3Schema;
  if (schema === undefined) return [`${object.apiVersion} ${object.kind} is not served`];
  return compare(object, { ...schema, properties: { ...schema.properties, metadata: anything } }, object.kind);
};

interface CrdSpec {
  group: string;
  names: { kind: string };
  versions: { name: string; served: boolean; schema: { openAPIV3Schema: Schema } }[];
}

const anything: Schema = { "x-kubernetes-preserve-unknown-fields": true };

const compare = (value: unknown, schema: Schema, path: string): string[] => {
  const wrong = (what: string): string => `${path}: ${what}, and is ${JSON.stringify(value)}`;
  if (schema["x-kubernetes-int-or-string"]) {
    return ["string", "number"].includes(typeof value) ? [] : [wrong("must be a number or a string")];
  }
  if (schema.type !== undefined && typeOf(value, schema.type) !== schema.type) return [wrong(`must be ${schema.type}`)];
  const problems: string[] = [];
  if (schema.enum && !schema.enum.includes(value))
    problems.push(wrong(`must be one of ${JSON.stringify(schema.enum)}`));
  if (typeof value === "number" && value < (schema.minimum ?? -Infinity))
    problems.push(wrong(`must be ${schema.minimum} or more`));
  if (typeof value === "number" && value > (schema.maximum ?? Infinity))
    problems.push(wrong(`must be at most ${schema.maximum}`));
  if (typeof value === "string") {
    const { minLength = 0, maxLength = Infinity, pattern = "" } = schema;
    if (value.length < minLength || value.length > maxLength)
      problems.push(wrong(`must have ${minLength} to ${maxLength} characters`));
    if (!new RegExp(pattern, "u").test(value)) problems.push(wrong(`must match ${pattern}`));
  }
  if (Array.isArray(value)) {
    if (value.length < (schema.minItems ?? 0)) problems.push(wrong(`must have ${schema.minItems} items or more`));
    if (value.length > (schema.maxItems ?? Infinity))
      problems.push(wrong(`must have at most ${schema.maxItems} items`));
    const { items } = schema;
    if (items) problems.push(...value.flatMap((item, index) => compare(item, items, `${path}[${index}]`)));
  } else if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    if (entries.length < (schema.minProperties ?? 0)) problems.push(wrong("must not be empty"));
    for (const key of schema.required ?? []) if (!(key in value)) problems.push(wrong(`must have ${key}`));
    for (const [key, inner] of entries) {
      const known = schema.properties?.[key] ?? (schema.additionalProperties || undefined);
      if (known !== undefined && known !== true) problems.push(...compare(inner, known, `${path}.${key}`));
      else if (known === undefined && !schema["x-kubernetes-preserve-unknown-fields"])
        problems.push(`${path}.${key}: unknown`);
    }
  }
  return problems;
};

const typeOf = (value: unknown, wanted: string): string => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "number" && wanted === "integer" && Number.isInteger(value) ? "integer" : typeof value;
};
