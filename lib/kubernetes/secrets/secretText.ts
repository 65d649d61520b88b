import { gunzipSync } from "node:zlib";
import { readYaml } from "../yaml";
import { dataFields, isSecret, isSecretList, itemsOf } from "./secretObject";
import { isFields } from "./secretValue";

/** Maximum nesting of texts. An annotation in an encoded manifest in a ConfigMap takes four levels. */
const depth = 5;

/** Matches the kind of a Secret, also in JSON inside JSON. Most texts fail this test, without the cost of a parser. */
const namesSecret = /kind\\*["']?\s*:\s*\\*["']?secret/i;

/** Matches a Secret in a text that is not YAML, such as a shell script or a template. */
const looksLikeSecret =
  /(?:^|[\s{,"'\\])kind\\*["']?\s*:\s*\\*["']?secret(?:list)?\\*["']?\s*(?:#.*)?(?:[,}\r\n\\]|$)/im;
const looksLikeData = /data\\*["']?\s*:/i;

/**
 * Returns true for a text that is, or contains, the manifest of a Secret with data: as YAML or JSON, plain, in base64
 * or in compressed base64.
 */
export const holdsSecretManifest = (text: string): boolean => search(text, depth);

const search = (text: string, left: number): boolean => {
  if (left === 0) return false;
  if (namesSecret.test(text) && looksLikeData.test(text)) return searchManifest(text, left);
  const inner = decodeBase64(text);
  return inner !== undefined && search(inner, left - 1);
};

const searchManifest = (text: string, left: number): boolean => {
  try {
    return readYaml(text).some((document) => searchValue(document, left));
  } catch {
    return looksLikeSecret.test(text);
  }
};

const searchValue = (value: unknown, left: number): boolean => {
  if (typeof value === "string") return search(value, left - 1);
  if (Array.isArray(value)) return value.some((item) => searchValue(item, left));
  if (!isFields(value)) return false;
  if (isSecret(value) && dataFields.some((field) => isFilled(value[field]))) return true;
  const inner = isSecretList(value) ? itemsOf(value) : Object.values(value);
  return inner.some((item) => searchValue(item, left));
};

const isFilled = (value: unknown): boolean =>
  isFields(value) ? Object.keys(value).length > 0 : value !== undefined && value !== null && value !== "";

/**
 * Returns the readable text of base64, decompressed if necessary; undefined for other texts.
 *
 * @param shortest - minimum length in characters
 */
export const decodeBase64 = (text: string, shortest = 40): string | undefined => {
  const encoded = text.replace(/\s+/g, "");
  if (encoded.replace(/=+$/, "").length < shortest || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  const bytes = Buffer.from(encoded, "base64");
  try {
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return (isPacked ? gunzipSync(bytes, { maxOutputLength: 1 << 24 }) : bytes).toString("utf8");
  } catch {
    return undefined;
  }
};
