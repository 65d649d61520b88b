import { openKeys, formsOf } from "../../base/secretForms";
import type { KubernetesObject } from "../object";
import { dataFields } from "./secretObject";
import { holdsSecretManifest } from "./secretText";
import { type Fields, isFields } from "./secretValue";
import { SecretValue } from "./secretValue";

/** A label or annotation of a Secret that repeats a value of the Secret. */
export interface Copy {
  /** The field of the metadata. */
  readonly field: "labels" | "annotations";
  readonly name: string;
  /** The field and the key of the repeated value. */
  readonly origin: { readonly field: string; readonly key: string };
}

/** Annotation in which `kubectl apply` keeps the whole object, including its data. */
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * Returns a Secret without the annotations in which tools keep the applied object. The tools write them again. Pulumi's
 * Kubernetes plugin would show them, since it drops secret marks in the metadata of a Secret.
 */
export const withoutAppliedCopies = (secret: KubernetesObject): KubernetesObject => {
  const { annotations, ...metadata } = secret.metadata;
  if (!isFields(annotations)) return secret;
  const kept = Object.entries(annotations).filter(([name, value]) => name !== lastApplied && !isApplied(value));
  if (kept.length === Object.keys(annotations).length) return secret;
  return { ...secret, metadata: { ...metadata, ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }) } };
};

const isApplied = (value: unknown): boolean => typeof value === "string" && holdsSecretManifest(value);

/** Minimum length. Shorter values are common words that labels contain too. */
const shortest = 8;

/** Finds labels and annotations that contain a value of the Secret: plain, in base64, in hex or escaped as JSON. */
export const findCopies = (secret: Fields): Copy[] => {
  const { metadata } = secret;
  const values = dataFields.flatMap((field) => valuesIn(secret[field]).map((value) => ({ field, ...value })));
  return (["labels", "annotations"] as const).flatMap((field) =>
    Object.entries(fieldsOf(fieldsOf(metadata)[field])).flatMap(([name, text]) => {
      const origin = values.find(({ forms }) => typeof text === "string" && forms.some((form) => text.includes(form)));
      return origin ? [{ field, name, origin: { field: origin.field, key: origin.key } }] : [];
    }),
  );
};

const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

const valuesIn = (data: unknown): { key: string; forms: string[] }[] =>
  Object.entries(fieldsOf(data)).flatMap(([key, item]) => {
    const value = item instanceof SecretValue ? item.value : item;
    if (typeof value !== "string" || openKeys.test(key)) return [];
    const texts = [value, Buffer.from(value, "base64").toString("utf8")].filter(({ length }) => length >= shortest);
    return [{ key, forms: texts.flatMap(formsOf).filter(({ length }) => length >= shortest) }];
  });
