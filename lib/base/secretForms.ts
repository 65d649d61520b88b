/** Names of settings, variables and fields whose values are secrets. `secure` holds a value that Pulumi encrypted. */
export const secretName =
  /pass(word|wd|phrase|code)|secret|token|credential|(api|access|private|signing|encryption)[_-]?key|salt$|authorization|bearer|(^|[_.-])(pwd|pass|secure)$/i;

/** Keys of Secrets with public values, or with values that are ordinary words. */
export const openKeys =
  /\.crt$|^(namespace|expiration|description|token-id|auth-extra-groups|usage-.*|type|username|url|name|format)$/;

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Returns the encodings in which programs write a text, including the text itself. */
export const formsOf = (secret: string): string[] =>
  [
    secret,
    escaped(secret),
    escaped(escaped(secret)),
    // A lone surrogate has no URL encoding.
    encodeURIComponent(secret.replace(/\p{Surrogate}/gu, "")),
    Buffer.from(secret).toString("base64").replace(/=+$/, ""),
    Buffer.from(secret).toString("hex"),
  ].filter((form) => form.length >= shortest);

/** Minimum length. Shorter texts would match unrelated words. */
const shortest = 6;
