/** Keys of Secrets whose values are public, or no more than words. */
export const openKeys =
  /\.crt$|^(namespace|expiration|description|token-id|auth-extra-groups|usage-.*|type|username|url|name|format)$/;

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Ways in which programs write a text, besides as it is. */
export const formsOf = (secret: string): string[] =>
  [
    secret,
    escaped(secret),
    escaped(escaped(secret)),
    // Halves of characters have no such form.
    encodeURIComponent(secret.replace(/\p{Surrogate}/gu, "")),
    Buffer.from(secret).toString("base64").replace(/=+$/, ""),
    Buffer.from(secret).toString("hex"),
  ].filter((form) => form.length >= shortest);

/** Shorter texts would be found in words that have nothing to do with them. */
const shortest = 6;
