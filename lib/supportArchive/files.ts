import type { Redact } from "../redaction/text";
import { redactValue } from "../redaction/value";
import type { TarFile } from "../tar";

/** A file for the archive as it was found: text, or data that becomes JSON. May hold secrets. */
export interface FoundFile {
  name: string;
  content: unknown;
}

/** What was found, and what was not, each as one line that says why. */
export interface Found {
  files: FoundFile[];
  missing: string[];
}

export const nothing: Found = { files: [], missing: [] };

/** Findings one behind the other. */
export const together = (...found: readonly Found[]): Found => ({
  files: found.flatMap(({ files }) => files),
  missing: found.flatMap(({ missing }) => missing),
});

/** Longer parts of a path are cut in their middle: both ends of a pod's name tell what it is. */
const longestPart = 48;

/** Names as one path that every file system and every archive takes. */
export const pathOf = (...names: readonly string[]): string =>
  names
    .map((name) => name.replace(/[^\w.-]/g, "_").replace(/^\.+/, "_"))
    .map((name) => (name.length <= longestPart ? name : `${name.slice(0, 20)}__${name.slice(22 - longestPart)}`))
    .join("/");

/** Files with the secrets taken out of names and contents: nothing goes into an archive in another way. */
export const sealed = (files: readonly FoundFile[], redact: Redact): TarFile[] =>
  files.map(({ name, content }) => ({
    name: redact(name),
    content: redact(
      typeof content === "string" ? content : `${JSON.stringify(redactValue(content, redact), undefined, 1)}\n`,
    ),
  }));
