import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Returns the words of a Markdown text without the layout of its tables, which prettier changes. */
export const wordsOf = (text: string): string =>
  text
    .replace(/-{3,}/g, "")
    .split(/[|\s]+/)
    .filter(Boolean)
    .join(" ");

/** Returns the words of a page in docs/reference. */
export const wordsOfPage = (name: string): string =>
  wordsOf(readFileSync(join(__dirname, "../../docs/reference", name), "utf8"));
