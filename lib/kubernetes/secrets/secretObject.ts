import { type Fields, isFields } from "./secretValue";

/** Fields of a Secret with secret values. */
export const dataFields = ["data", "stringData"] as const;

/** Returns true for the core API group. Type tokens of Pulumi use the name core; manifests use an empty name. */
const isCore = (apiVersion: unknown): boolean =>
  typeof apiVersion !== "string" || !apiVersion.includes("/") || /^core\//i.test(apiVersion);

const isCoreKind = (value: unknown, kind: RegExp): value is Fields =>
  isFields(value) && typeof value["kind"] === "string" && kind.test(value["kind"]) && isCore(value["apiVersion"]);

/**
 * Returns true for a Secret of the core API group, in any spelling. The API rejects `kind: secret`, but its values are
 * secret too.
 */
export const isSecret = (value: unknown): value is Fields => isCoreKind(value, /^secrets?$/i);

/** Returns true for a list of Secrets, whose items may omit their kind. */
export const isSecretList = (value: unknown): value is Fields & { items: unknown[] } =>
  isCoreKind(value, /^secretlist$/i) && Array.isArray(value["items"]);

/** Returns the items of a list of Secrets, each with its kind. */
export const itemsOf = (list: { readonly items: readonly unknown[] }): unknown[] =>
  list.items.map((item) => (isFields(item) ? { kind: "Secret", ...item } : item));
