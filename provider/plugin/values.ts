import { isRecord } from "../../lib/base/json";
import { secretSignature, signatureKey } from "../../lib/base/pulumiMarks";

/** A property as the engine and a plugin exchange it. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };

/** Properties by name. */
export type Properties = Record<string, Value>;

// Pulumi's marks of assets and archives in plain data (sdk/go/common/resource/plugin/rpc.go).
const assetMark = "c44067f5952c0a294b673a41bacd8c17";
const archiveMark = "0def7320c3a5731c473e5ecbe6d01bc7";

/** Mark of a value that is unknown before the real run; each type of value has its own mark. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const unknowns = new Set([
  unknown,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

const isObject = (value: Value | undefined): value is { [key: string]: Value } => isRecord(value);

const isSecret = (value: Value): value is { value: Value } =>
  isObject(value) && value[signatureKey] === secretSignature;

/** Returns true for an asset or an archive. */
export const isAsset = (value: Value): boolean =>
  isObject(value) && (value[signatureKey] === assetMark || value[signatureKey] === archiveMark);

const some = (value: Value, test: (value: Value) => boolean): boolean =>
  test(value) ||
  (Array.isArray(value) && value.some((item) => some(item, test))) ||
  (isObject(value) && Object.values(value).some((item) => some(item, test)));

/** Returns true if a secret is anywhere in a value. */
export const hasSecret = (value: Value): boolean => some(value, isSecret);

/** Returns true for a value that is unknown before the real run. */
export const isUnknown = (value: Value): boolean => typeof value === "string" && unknowns.has(value);

/** Returns true if an unknown is anywhere in a value. */
export const hasUnknown = (value: Value): boolean => some(value, isUnknown);

/** Returns the value with its secrets in plain text, and without properties that are null. */
export const reveal = (value: Value): Value => {
  if (Array.isArray(value)) return value.map(reveal);
  if (!isObject(value)) return value;
  if (isSecret(value)) return reveal(value.value);
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(entries.map(([key, item]) => [key, reveal(item)]));
};

/** Returns the value marked as a secret. */
export const asSecret = (value: Value): Value => (isSecret(value) ? value : { [signatureKey]: secretSignature, value });

/** Returns true for equal values, whatever the order of their keys and whether they are secret. */
export const isSame = (left: Value | undefined, right: Value | undefined): boolean => {
  const canonical = (value: Value): unknown => {
    if (Array.isArray(value)) return value.map(canonical);
    if (!isObject(value)) return value;
    return Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, canonical(item)]);
  };
  const text = (value: Value | undefined): string => JSON.stringify(canonical(reveal(value ?? null)));
  return text(left) === text(right);
};
