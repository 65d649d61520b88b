import { type Problem, typeName } from "../../base/problem";
import { nearest } from "../../base/suggest";
import type { KubernetesObject } from "../object";
import { findCopies, withoutAppliedCopies } from "./copies";
import { isSecret } from "./secretObject";
import { type Fields, isFields } from "./secretValue";
import { SecretValue } from "./secretValue";

const fields = ["apiVersion", "kind", "metadata", "type", "immutable", "data", "stringData"];

/**
 * Finds the faults for which the API server would reject a Secret. The API server quotes the value, which then appears
 * in the terminal and in logs; these problems only name the key.
 *
 * @param place - the file and the document, for the problems
 */
export const secretProblems = (object: KubernetesObject, place: string): Problem[] => {
  if (!isSecret(object)) return [];
  const { name, namespace } = object.metadata;
  const at = `${place}, Secret ${namespace === undefined ? "" : `${namespace}/`}${name}`;
  return [
    ...spellingProblems(object, at),
    ...fieldProblems(object, at),
    ...mapProblems(object["data"], `${at}, data`, dataProblem),
    ...mapProblems(object["stringData"], `${at}, stringData`, stringProblem),
    ...(["labels", "annotations"] as const).flatMap((field) =>
      mapProblems(object.metadata[field], `${at}, metadata.${field}`, stringProblem),
    ),
    ...copyProblems(object, at),
  ];
};

const spellingProblems = ({ apiVersion, kind }: KubernetesObject, at: string): Problem[] =>
  apiVersion === "v1" && kind === "Secret"
    ? []
    : [
        {
          key: at,
          rule: "apiVersion v1 and kind Secret",
          got: `apiVersion ${apiVersion} and kind ${kind}`,
          remedy: "Correct both",
        },
      ];

/**
 * Finds unknown fields. A misspelt `stringData` would be shown in plain text everywhere, and the API server ignores or
 * rejects it.
 */
const fieldProblems = (object: KubernetesObject, at: string): Problem[] =>
  Object.keys(object)
    .filter((field) => !fields.includes(field))
    .map((field) => {
      const known = nearest(field, fields);
      return {
        key: at,
        rule: `fields of a Secret (${fields.join(", ")})`,
        got: field,
        remedy: known === undefined ? "Remove the field" : `Did you mean ${known}? Rename the field, or remove it`,
      };
    });

type ValueCheck = (value: unknown, key: string) => Problem[];

const mapProblems = (value: unknown, at: string, check: ValueCheck): Problem[] => {
  if (value === undefined || value === null) return [];
  if (isFields(value)) return Object.entries(value).flatMap(([key, inner]) => check(openValue(inner), join(at, key)));
  const got = typeName(openValue(value));
  return [{ key: at, rule: "a map", got, remedy: "Write lines of KEY: value, indented under the field" }];
};

const openValue = (value: unknown): unknown => (value instanceof SecretValue ? value.value : value);

const join = (at: string, key: string): string => (/^[\w-]+$/.test(key) ? `${at}.${key}` : `${at}[${quote(key)}]`);

const quote = (key: string): string => JSON.stringify(key.length > 60 ? `${key.slice(0, 57)}...` : key);

// The API server accepts null as an empty value.
const stringProblem: ValueCheck = (value, key) =>
  value === null || typeof value === "string"
    ? []
    : [{ key, rule: "a string", got: typeName(value), remedy: "Write the value in quotes" }];

const dataProblem: ValueCheck = (value, key) => {
  if (value === null || (typeof value === "string" && isBase64(value))) return [];
  const got = typeof value === "string" ? "a string that is not base64" : typeName(value);
  const remedy = "Encode the value with base64, or move it to stringData in quotes";
  return [{ key, rule: "a string in base64", got, remedy }];
};

/** Returns true for base64 that Go's JSON decoder accepts: padded, on one line or several. */
const isBase64 = (value: string): boolean => {
  const text = value.replace(/[\r\n]/g, "");
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
};

/**
 * Finds copies of values. Pulumi's Kubernetes plugin shows all metadata of a Secret, so a copy would be readable there.
 */
const copyProblems = (object: KubernetesObject, at: string): Problem[] =>
  findCopies(withoutAppliedCopies(object) as Fields).map(({ field, name, origin }) => ({
    key: join(`${at}, metadata.${field}`, name),
    rule: "no value of the Secret",
    got: `a copy of ${join(origin.field, origin.key)}`,
    remedy: `Remove the ${field === "labels" ? "label" : "annotation"}; a checksum of the value may stay`,
  }));
