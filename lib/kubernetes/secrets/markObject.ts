import type { KubernetesObject } from "../object";
import { findCopies, withoutAppliedCopies } from "./copies";
import { dataFields, isSecret, isSecretList, itemsOf } from "./secretObject";
import { holdsSecretManifest } from "./secretText";
import { type Fields, isFields } from "./secretValue";
import { hasSecrets, mapSecrets, SecretValue } from "./secretValue";

/**
 * Marks the secrets in an object: each value of a Secret's data, wherever the Secret is nested, and each text that
 * contains the manifest of a Secret. Names, keys and all other fields stay unchanged.
 */
export const markObject = (object: KubernetesObject): KubernetesObject => markFields(object) as KubernetesObject;

const mark = (value: unknown): unknown => {
  if (typeof value === "string") return holdsSecretManifest(value) ? new SecretValue(value) : value;
  if (Array.isArray(value)) return value.map(mark);
  if (!isFields(value)) return value;
  const marked = markFields(value);
  // The plugin drops marks in the metadata of a Secret, but keeps a mark around the whole Secret.
  const isOpen = isSecret(value) && hasSecrets(marked["metadata"]);
  return isOpen ? new SecretValue(mapSecrets(value, (inner) => inner)) : marked;
};

const markFields = (value: Fields): Fields =>
  mapFields(isSecret(value) ? markSecret(value) : isSecretList(value) ? markList(value) : value, mark);

const markList = (list: Fields & { items: unknown[] }): Fields => {
  const kinds = itemsOf(list);
  // Items without a kind stay without it: this function only adds marks.
  return {
    ...list,
    items: list.items.map((item, index) => (isFields(item) && isSecret(kinds[index]) ? markSecret(item) : item)),
  };
};

const markSecret = (secret: Fields): Fields => {
  const data = dataFields
    .filter((field) => Object.hasOwn(secret, field))
    .map((field) => [field, isFields(secret[field]) ? mapFields(secret[field], wrap) : wrap(secret[field])] as const);
  return { ...secret, ...Object.fromEntries(data), ...metadataOf(secret) };
};

/** Wraps a value as a secret, but not null: the plugin removes a null from a map only if it is not wrapped. */
const wrap = (value: unknown): unknown =>
  value instanceof SecretValue || value === null || value === undefined ? value : new SecretValue(value);

const metadataOf = (secret: Fields): Fields => {
  const { metadata } = secret;
  const copies = isFields(metadata) ? findCopies(secret) : [];
  if (!isFields(metadata) || copies.length === 0) return {};
  const hide = (field: string): Fields => {
    const names = copies.filter((copy) => copy.field === field).map(({ name }) => name);
    const texts = metadata[field];
    if (names.length === 0 || !isFields(texts)) return {};
    return { [field]: { ...texts, ...Object.fromEntries(names.map((name) => [name, wrap(texts[name])])) } };
  };
  return { metadata: { ...metadata, ...hide("labels"), ...hide("annotations") } };
};

const mapFields = (fields: Fields, change: (value: unknown) => unknown): Fields =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, change(value)]));

/** Returns true for an object that contains a secret. */
export const holdsSecrets = (object: KubernetesObject): boolean => hasSecrets(markObject(object));

/** An object for the engine. */
export interface EngineObject {
  /** The object with SecretValues. */
  readonly object: KubernetesObject;
  /** Outputs that are secret, whatever the plugin reports about them. */
  readonly secretOutputs: readonly string[];
}

/**
 * Prepares an object for the engine by marking all secrets. Outputs in a state of an earlier version are marked by
 * their names, since the plugin returns them only when the object changes.
 */
export const forEngine = (object: KubernetesObject): EngineObject => {
  if (isSecret(object)) {
    // The metadata in the API server is secret too: a manual `kubectl apply` leaves a copy of the data in an
    // annotation.
    return { object: markObject(withoutAppliedCopies(object)), secretOutputs: [...dataFields, "metadata"] };
  }
  const marked = markObject(object);
  const fields = Object.keys(marked).filter((field) => hasSecrets(marked[field]) && !hasSecrets(object[field]));
  // The plugin repeats the inputs among the outputs.
  return { object: marked, secretOutputs: fields.length > 0 ? [...fields, "__inputs"] : [] };
};
