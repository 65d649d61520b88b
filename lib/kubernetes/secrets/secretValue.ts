import { isDeepStrictEqual } from "node:util";
import { isContainer, isRecord } from "../../base/json";

/** A value inside plain data that must be wrapped as a secret before the engine gets it. */
export class SecretValue {
  constructor(readonly value: unknown) {}
}

/** A map of YAML or JSON. */
export type Fields = Readonly<Record<string, unknown>>;

/** Returns true for a map of YAML or JSON. */
export const isFields = (value: unknown): value is Fields => isRecord(value) && !(value instanceof SecretValue);

/**
 * Returns data with secrets, in which each value that differs from the data without secrets is marked.
 *
 * @param open - the same data with placeholders instead of the secrets
 * @param closed - the data with the secrets
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

/** Returns a copy of data in which a function replaces each secret. */
export const mapSecrets = (data: unknown, secret: (value: unknown) => unknown): unknown => {
  if (data instanceof SecretValue) return secret(data.value);
  if (Array.isArray(data)) return data.map((value) => mapSecrets(value, secret));
  if (isFields(data)) {
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, mapSecrets(value, secret)]));
  }
  return data;
};

/** Returns true if data contains a secret. */
export const hasSecrets = (data: unknown): boolean => {
  if (data instanceof SecretValue) return true;
  return isContainer(data) && Object.values(data).some(hasSecrets);
};
