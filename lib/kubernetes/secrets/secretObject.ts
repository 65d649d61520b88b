import { type Fields, isFields } from "./secretValue";

/** Fields of a Secret whose values are secret. */
export const dataFields = ["data", "stringData"] as const;

/** Returns true for the API group without a name; type tokens of Pulumi call the group core. */
const isCore = (apiVersion: unknown): boolean =>
  typeof apiVersion !== "string" || !apiVersion.includes("/") || /^core\//i.test(apiVersion);

const isCoreKind = (value: unknown, kind: RegExp): value is Fields =>
  isFields(value) && typeof value["kind"] === "string" && kind.test(value["kind"]) && isCore(value["apiVersion"]);

/**
 * Returns true for a Secret of the core API group. Other spellings count too: the API refuses `kind: secret`, but the
 * values are secret all the same.
 */
export const isSecret = (value: unknown): value is Fields => isCoreKind(value, /^secrets?$/i);

/** Returns true for a list of Secrets, whose items may leave out their kind. */
export const isSecretList = (value: unknown): value is Fields & { items: unknown[] } =>
  isCoreKind(value, /^secretlist$/i) && Array.isArray(value["items"]);

/** The items of a list of Secrets, each with its kind. */
export const itemsOf = (list: { readonly items: readonly unknown[] }): unknown[] =>
  list.items.map((item) => (isFields(item) ? { kind: "Secret", ...item } : item));
