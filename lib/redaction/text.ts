import { formsOf } from "../base/secretForms";
import { redacted, rules } from "./rules";

/** Maximum nesting of encodings: a key in a kubeconfig in a Secret takes two levels. */
const depth = 3;

/** Base64 of more than a few words, on one line or several. */
const encoded = /(?:[A-Za-z0-9+/]{48,100}(?:\r?\n[ \t]*|\\n))*[A-Za-z0-9+/_-]{12,}={0,2}/g;

/** A run of readable characters. Decoded bytes without such a run cannot match the rules. */
const readable = /[\t\n\r\x20-\x7e]{16}/;

const withoutKnown = (text: string, forms: readonly string[]): string =>
  forms.reduce((rest, form) => rest.replaceAll(form, redacted), text);

/** Returns true if a run of base64 contains a secret, wherever in the run the encoded text starts. */
const holdsSecret = (run: string, forms: readonly string[], left: number): boolean => {
  const characters = run.replace(/\s+|\\n/g, "");
  return [0, 1, 2, 3].some((offset) => {
    const text = Buffer.from(characters.slice(offset), "base64").toString("utf8");
    if (forms.some((form) => text.includes(form))) return true;
    return readable.test(text) && apply(text, forms, left) !== text;
  });
};

const apply = (text: string, forms: readonly string[], left: number): string => {
  const ruled = rules.reduce((rest, { pattern, replace }) => rest.replace(pattern, replace), withoutKnown(text, forms));
  return left === 0 ? ruled : ruled.replace(encoded, (run) => (holdsSecret(run, forms, left - 1) ? redacted : run));
};

/** Removes secrets from a text. */
export type Redact = (text: string) => string;

/**
 * Creates a function that removes secrets from texts: private keys, tokens, client keys and passwords by their format
 * or name, also in base64, and known secrets. Other text stays unchanged.
 *
 * @param known - secrets in plain text; secrets with fewer than 6 characters are left to the rules
 */
export const redactor = (known: readonly string[] = []): Redact => {
  const forms = [...new Set(known.flatMap(formsOf))].sort((left, right) => right.length - left.length);
  return (text) => apply(text, forms, depth);
};
