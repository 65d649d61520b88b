import * as yaml from "js-yaml";
import { refuse } from "../base/problem";

/**
 * YAML as kubectl reads it. js-yaml follows YAML 1.2, but kubectl's parser follows YAML 1.1, on which real manifests
 * rely. There `0400` is an octal file mode and `on` is true. Dates stay strings, as they do in JSON.
 */
const integer = new yaml.Type("tag:yaml.org,2002:int", {
  kind: "scalar",
  resolve: (text: unknown) =>
    typeof text === "string" && /^[-+]?(0b[01][01_]*|0x[\da-f][\da-f_]*|0o?[0-7][0-7_]*|0|[1-9][\d_]*)$/i.test(text),
  construct: (text: string) => integerOf(text),
  predicate: (value: unknown) => Number.isInteger(value) && !Object.is(value, -0),
  represent: (value: unknown) => String(value),
});

const truths = new Set(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"]);
const untruths = new Set(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"]);
const boolean = new yaml.Type("tag:yaml.org,2002:bool", {
  kind: "scalar",
  resolve: (text: string) => truths.has(text) || untruths.has(text),
  construct: (text: string) => truths.has(text),
  predicate: (value: unknown) => typeof value === "boolean",
  represent: (value: unknown) => String(value),
});

const merge = new yaml.Type("tag:yaml.org,2002:merge", { kind: "scalar", resolve: (text: unknown) => text === "<<" });

const readSchema = yaml.CORE_SCHEMA.extend({ implicit: [integer, boolean, merge] });

/** A date, which Pulumi converts to Go's text of a time. */
const date = new yaml.Type("tag:yaml.org,2002:timestamp", {
  kind: "scalar",
  resolve: (text: unknown) => typeof text === "string" && /^\d{4}-\d\d-\d\d$/.test(text),
  construct: (text: string) => `${text} 00:00:00 +0000 UTC`,
});

/** YAML as Pulumi reads stack files: only `true` and `false` are booleans. */
const pulumiSchema = yaml.CORE_SCHEMA.extend({ implicit: [integer, merge, date] });

/**
 * Matches no value when reading. It makes the writer quote every string that a YAML parser might read as a number or a
 * date.
 */
const numberLike = new yaml.Type("tag:slipway,2026:number-like", {
  kind: "scalar",
  resolve: (text: unknown) => typeof text === "string" && /^[-+.]?\d/.test(text),
});

const writeSchema = readSchema.extend({ implicit: [numberLike] });

/** Byte order marks that are not in a value: only a line of a document's top level starts at the margin. */
const marksAtLineStart = /^\uFEFF/gm;

/**
 * Reads every document of a YAML text in order; an empty document is `null`.
 *
 * @throws ProblemError with line and column for invalid YAML. The error repeats nothing of the text, which may be a
 * Secret.
 */
export const readYaml = (text: string, source = "the text"): unknown[] => readDocuments(text, source, readSchema);

/** Reads a YAML text as Pulumi reads stack files. The errors are those of readYaml. */
export const readPulumiYaml = (text: string, source: string): unknown[] => readDocuments(text, source, pulumiSchema);

const readDocuments = (text: string, source: string, schema: yaml.Schema): unknown[] => {
  const documents: unknown[] = [];
  const parsed = text.replace(marksAtLineStart, ""); // joined files have a byte order mark before each of them
  try {
    yaml.loadAll(parsed, (document) => documents.push(document ?? null), { schema });
  } catch (error) {
    const mark = error instanceof yaml.YAMLException ? error.mark : undefined;
    const place = mark ? `line ${mark.line + 1}, column ${mark.column + 1}` : `line ${lastLineRead(text)}`;
    return refuse({
      key: `${source}, ${place}`,
      rule: "YAML that parses",
      got: reasonWithoutText(error),
      remedy: "Correct the text at this place",
    });
  }
  return documents;
};

/**
 * Returns the parser's reason without its quotation of the text: names of tags and aliases may be pieces of a password.
 */
const reasonWithoutText = (error: unknown): string => {
  if (error instanceof UnsafeInteger) return error.message;
  if (!(error instanceof yaml.YAMLException)) return "a text that stops the parser";
  return /^[a-z][^"<!]*?(?=\s*(?:["<!]|: |$))/i.exec(error.reason)?.[0] ?? "a text that stops the parser";
};

/** Returns the line at which the parser stopped, for an error without a position. */
const lastLineRead = (text: string): number => {
  let last: yaml.State | undefined;
  try {
    yaml.loadAll(text, () => undefined, { schema: readSchema, listener: (_, state) => (last = state) });
  } catch {
    // The parser fails as before; only its position matters here.
  }
  return (last?.line ?? 0) + 1;
};

const writeOptions = { schema: writeSchema, noRefs: true, lineWidth: -1, skipInvalid: true };

/** Returns a value as one YAML document with sorted keys and unfolded lines, so that equal values give equal texts. */
export const toYaml = (value: object): string => yaml.dump(value, { ...writeOptions, sortKeys: true });

/** Returns a value as one YAML document whose keys stay in the order of the value. */
export const toYamlInOrder = (value: object): string => yaml.dump(value, writeOptions);

/** Error for an integer that JavaScript cannot represent exactly. */
class UnsafeInteger extends Error {}

const integerOf = (text: string): number => {
  const sign = text.startsWith("-") ? -1 : 1;
  const digits = text.replace(/[-+_]/g, "").toLowerCase();
  const value = Number(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits) * sign;
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  throw new UnsafeInteger("an integer beyond 2^53, which JavaScript cannot hold exactly");
};
