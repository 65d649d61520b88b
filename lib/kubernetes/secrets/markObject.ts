import type { KubernetesObject } from "../object";
import { findCopies, withoutAppliedCopies } from "./copies";
import { dataFields, isSecret, isSecretList, itemsOf } from "./secretObject";
import { holdsSecretManifest } from "./secretText";
import { type Fields, isFields } from "./secretValue";
import { hasSecrets, mapSecrets, SecretValue } from "./secretValue";

/**
 * Marks what is secret in an object: each value of a Secret's data, wherever in the object the Secret is, and each text
 * that holds the manifest of a Secret. Names, keys and all other fields stay as they are.
 */
export const markObject = (object: KubernetesObject): KubernetesObject => markFields(object) as KubernetesObject;

const mark = (value: unknown): unknown => {
  if (typeof value === "string") return holdsSecretManifest(value) ? new SecretValue(value) : value;
  if (Array.isArray(value)) return value.map(mark);
  if (!isFields(value)) return value;
  const marked = markFields(value);
  // The plugin drops marks in the metadata of a Secret, but keeps a mark around all of the Secret.
  const isOpen = isSecret(value) && hasSecrets(marked["metadata"]);
  return isOpen ? new SecretValue(mapSecrets(value, (inner) => inner)) : marked;
};

const markFields = (value: Fields): Fields =>
  mapFields(isSecret(value) ? markSecret(value) : isSecretList(value) ? markList(value) : value, mark);

const markList = (list: Fields & { items: unknown[] }): Fields => {
  const kinds = itemsOf(list);
  // Items without a kind stay without it: only marks are added.
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

/** A null holds nothing; the plugin leaves it out of a map only as long as it is not wrapped. */
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

/** Returns true for an object that holds something secret. */
export const holdsSecrets = (object: KubernetesObject): boolean => hasSecrets(markObject(object));

/** An object as the engine gets it. */
export interface EngineObject {
  /** Holds SecretValues. */
  readonly object: KubernetesObject;
  /** Outputs that are secret whatever the plugin says of them. */
  readonly secretOutputs: readonly string[];
}

/**
 * Prepares an object for the engine: all that is secret is marked. Outputs of a state that an earlier version wrote are
 * marked by their names, since the plugin returns them only when the object changes.
 */
export const forEngine = (object: KubernetesObject): EngineObject => {
  if (isSecret(object)) {
    // The API server's metadata too: `kubectl apply` by hand leaves a copy of the data in an annotation.
    return { object: markObject(withoutAppliedCopies(object)), secretOutputs: [...dataFields, "metadata"] };
  }
  const marked = markObject(object);
  const fields = Object.keys(marked).filter((field) => hasSecrets(marked[field]) && !hasSecrets(object[field]));
  // The plugin keeps the inputs a second time among the outputs.
  return { object: marked, secretOutputs: fields.length > 0 ? [...fields, "__inputs"] : [] };
};
