import { isRecord, stableJson } from "../base/json";
import { signatureKey } from "../base/pulumiMarks";

/** An entry of `metadata.managedFields`. */
export interface ManagedFields {
  manager?: string;
  operation?: string;
  subresource?: string;
  time?: string;
  fieldsV1?: Record<string, unknown>;
}

/** One level of a field's path: a key of a map, or the element of a list by its identifying keys. */
export type FieldStep = string | { keys: Record<string, unknown> };

/** Path of a field in an object. */
export type FieldPath = readonly FieldStep[];

/** Returns the keys of a path, joined by dots: `spec.replicas`. List elements have no text. */
export const keysText = (path: FieldPath): string =>
  path.map((step) => (typeof step === "string" ? step : "[]")).join(".");

/** Annotations for Pulumi's plugin. The plugin does not need them in the cluster. */
const pluginPrefix = "pulumi.com/";

/** Fields that identify an object, and fields that only the API server writes. */
const serverFields = new Set([
  ...["apiVersion", "kind", "status", "metadata.name", "metadata.namespace", "metadata.creationTimestamp"],
  ...["metadata.managedFields", "metadata.uid", "metadata.resourceVersion", "metadata.generation"],
]);

const isElementOf = (element: unknown, keys: Record<string, unknown>): boolean =>
  isRecord(element) &&
  Object.entries(keys).every(([key, value]) => element[key] === undefined || element[key] === value);

/** Returns the fields of an element's identity; undefined for another key of `fieldsV1`. */
const identityIn = (key: string): Record<string, unknown> | undefined => {
  if (!key.startsWith("k:")) return undefined;
  const value = JSON.parse(key.slice(2)) as unknown;
  return isRecord(value) ? value : undefined;
};

/** Returns true if a node of `fieldsV1` owns its whole value. A node with "." owns only the presence of the value. */
const isWhole = (node: Record<string, unknown>): boolean => Object.keys(node).length === 0;

/** Returns the fields of a map, without the annotations for the plugin. */
const appliedEntries = (map: Record<string, unknown>, path: FieldPath): [string, unknown][] =>
  Object.entries(map).filter(([key]) => !(path.at(-1) === "annotations" && key.startsWith(pluginPrefix)));

const lostIn = (value: unknown, node: unknown, path: FieldPath, skipped: ReadonlySet<string>): FieldPath[] => {
  if (value === null || value === undefined || skipped.has(keysText(path))) return [];
  // The keys in an encrypted map are unknown, so its owner is the owner of its presence.
  if (isRecord(value) && signatureKey in value) return isRecord(node) ? [] : [path];
  if (!isRecord(node)) {
    // The presence of an empty map is a setting too, for example in emptyDir.
    if (!isRecord(value) || Object.keys(value).length === 0) return [path];
    return appliedEntries(value, path).flatMap(([key, inner]) => lostIn(inner, undefined, [...path, key], skipped));
  }
  if (isWhole(node) && path.length > 0) return [];
  if (isRecord(value)) {
    return appliedEntries(value, path).flatMap(([key, inner]) =>
      lostIn(inner, node[`f:${key}`], [...path, key], skipped),
    );
  }
  if (!Array.isArray(value)) return [];
  const identities = Object.keys(node).flatMap((key) => {
    const keys = identityIn(key);
    return keys ? [{ key, keys }] : [];
  });
  if (identities.length === 0) {
    const isOwned = (element: unknown): boolean =>
      Object.keys(node).some(
        (key) => key.startsWith("v:") && stableJson(JSON.parse(key.slice(2))) === stableJson(element),
      );
    return value.every(isOwned) ? [] : [path];
  }
  const matches = value.map((element) => identities.find(({ keys }) => isElementOf(element, keys)));
  // An element without an owner has no known identity, so the list as a whole is compared.
  if (matches.some((identity) => identity === undefined)) return [path];
  return value.flatMap((element, index) => {
    const { key = "", keys = {} } = matches[index] ?? {};
    return lostIn(element, node[key], [...path, { keys }], skipped);
  });
};

/**
 * Returns the fields of an object's inputs that its manager no longer owns, because somebody changed or removed them. The
 * API server records the owner of each field, so equal texts of a value in another form are no difference.
 *
 * @param manager - name under which the stack applied the object
 */
export const lostFields = (
  inputs: Readonly<Record<string, unknown>>,
  managedFields: readonly ManagedFields[],
  manager: string,
): FieldPath[] => {
  const entryOfStack = managedFields.find((entry) => entry.manager === manager && entry.operation === "Apply");
  // The API server stores the text fields of a Secret as its data, and no owner of the former.
  const skipped = new Set([...serverFields, ...(inputs["kind"] === "Secret" ? ["stringData"] : [])]);
  return lostIn(inputs, entryOfStack?.fieldsV1, [], skipped);
};

const nodeAt = (fields: unknown, path: FieldPath): unknown =>
  path.reduce<unknown>((node, step) => {
    if (!isRecord(node)) return undefined;
    if (isWhole(node)) return node; // a whole value includes the fields in it
    if (typeof step === "string") return node[`f:${step}`];
    return Object.entries(node).find(([key]) => {
      const keys = identityIn(key);
      return keys !== undefined && isElementOf(keys, step.keys);
    })?.[1];
  }, fields);

/** Returns the other managers that own a field, latest first. */
export const ownersOf = (path: FieldPath, managedFields: readonly ManagedFields[], manager: string): string[] => {
  const owners = managedFields.filter(
    (entry) => entry.manager !== manager && entry.fieldsV1 !== undefined && nodeAt(entry.fieldsV1, path) !== undefined,
  );
  const latest = [...owners].sort((a, b) => (b.time ?? "").localeCompare(a.time ?? ""));
  return [...new Set(latest.flatMap((entry) => entry.manager ?? []))];
};

/** Returns the position of a step in a value: a key, or an index of a list; undefined if it does not exist. */
const positionOf = (value: unknown, step: FieldStep): string | undefined => {
  if (typeof step === "string") return isRecord(value) && Object.hasOwn(value, step) ? step : undefined;
  if (!Array.isArray(value)) return undefined;
  const index = value.findIndex((element) => isElementOf(element, step.keys));
  return index < 0 ? undefined : String(index);
};

/** Returns the value of a field in an object; undefined if it does not exist. */
export const fieldAt = (object: unknown, path: FieldPath): unknown =>
  path.reduce<unknown>((value, step) => {
    const position = positionOf(value, step);
    return position === undefined ? undefined : (value as Record<string, unknown>)[position];
  }, object);

/**
 * Returns a copy of an object with another value of a field.
 *
 * @param value - the new value; undefined removes the field, and a missing list element stays missing
 */
export const withField = (object: unknown, path: FieldPath, value: unknown): unknown => {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  // An encrypted map has no fields here, so the map as a whole gets the value.
  if (isRecord(object) && signatureKey in object) return value;
  if (typeof step === "string") {
    const map = isRecord(object) ? object : {};
    const inner = withField(map[step], rest, value);
    return inner === undefined
      ? Object.fromEntries(Object.entries(map).filter(([key]) => key !== step))
      : { ...map, [step]: inner };
  }
  const position = positionOf(object, step);
  if (!Array.isArray(object) || position === undefined) return object;
  return (object as unknown[]).map((element, index) =>
    index === Number(position) ? withField(element, rest, value) : element,
  );
};

/** Returns a path as text in an object: `spec.template.spec.containers[0].image`. */
export const fieldText = (object: unknown, path: FieldPath): string => {
  let value = object;
  let text = "";
  for (const step of path) {
    const position = positionOf(value, step);
    value = position === undefined ? undefined : (value as Record<string, unknown>)[position];
    if (typeof step !== "string") text += `[${position ?? "?"}]`;
    else if (!/^[\w-]+$/.test(step)) text += `["${step}"]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
};
