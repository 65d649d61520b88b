import { isDeepStrictEqual } from "node:util";
import { isContainer, isRecord } from "../../base/json";

/** A value within plain data that must be wrapped as a secret before it goes to the engine. */
export class SecretValue {
  constructor(readonly value: unknown) {}
}

/** A map of YAML or JSON. */
export type Fields = Readonly<Record<string, unknown>>;

/** Returns true for a map of YAML or JSON. */
export const isFields = (value: unknown): value is Fields => isRecord(value) && !(value instanceof SecretValue);

/**
 * The data that holds secrets, with each part in which it differs from what it would be without them marked.
 *
 * @param open the same data with other words in the secrets' places
 */
export const markSecrets = (open: unknown, closed: unknown): unknown => {
  if (Array.isArray(open) && Array.isArray(closed) && open.length === closed.length) {
    return closed.map((value: unknown, index) => markSecrets(open[index], value));
  }
  if (isFields(open) && isFields(closed) && isDeepStrictEqual(Object.keys(open), Object.keys(closed))) {
    return Object.fromEntries(Object.entries(closed).map(([key, value]) => [key, markSecrets(open[key], value)]));
  }
  return open === closed ? closed : new SecretValue(closed);
};

/** Data with something else in place of each secret; all else is copied. */
export const mapSecrets = (data: unknown, secret: (value: unknown) => unknown): unknown => {
  if (data instanceof SecretValue) return secret(data.value);
  if (Array.isArray(data)) return data.map((value) => mapSecrets(value, secret));
  if (isFields(data)) {
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, mapSecrets(value, secret)]));
  }
  return data;
};

/** Whether data holds a secret somewhere. */
export const hasSecrets = (data: unknown): boolean => {
  if (data instanceof SecretValue) return true;
  return isContainer(data) && Object.values(data).some(hasSecrets);
};
