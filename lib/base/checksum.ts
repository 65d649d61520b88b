import { createHash } from "node:crypto";

/** Returns the first hexadecimal digits of a text's SHA-256 checksum, for names that follow from their content. */
export const shortChecksum = (text: string, digits = 8): string =>
  createHash("sha256").update(text).digest("hex").slice(0, digits);
