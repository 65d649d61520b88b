import { formsOf } from "../base/secretForms";
import { redacted, rules } from "./rules";

/** Encodings inside encodings that are looked into: a key in a kubeconfig in a Secret takes two. */
const depth = 3;

/** Base64, also in lines, of more than a few words. */
const encoded = /(?:[A-Za-z0-9+/]{48,100}(?:\r?\n[ \t]*|\\n))*[A-Za-z0-9+/_-]{12,}={0,2}/g;

/** Readable characters in a row, without which decoded bytes are none of what the rules look for. */
const readable = /[\t\n\r\x20-\x7e]{16}/;

const withoutKnown = (text: string, forms: readonly string[]): string =>
  forms.reduce((rest, form) => rest.replaceAll(form, redacted), text);

/** Whether a run of base64 holds a secret, wherever in the run the encoded text begins. */
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

/** Takes secrets out of a text. */
export type Redact = (text: string) => string;

/**
 * Makes what takes secrets out of texts: private keys, tokens, client keys and passwords by their form or their name, the
 * same in base64, and those that are known. What is no secret stays as it is.
 *
 * @param known secrets by their bytes; those of fewer than 6 characters are left to the rules
 */
export const redactor = (known: readonly string[] = []): Redact => {
  const forms = [...new Set(known.flatMap(formsOf))].sort((one, other) => other.length - one.length);
  return (text) => apply(text, forms, depth);
};
