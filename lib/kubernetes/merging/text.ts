import { stableJson } from "../../base/json";
import { readYaml, toYaml, toYamlInOrder } from "../yaml";
import { type Config, currentContext, entriesOf, type Entry, type Section, sections } from "./entries";

/** Lines from `start` (included) to `end` (excluded). */
interface Range {
  start: number;
  end: number;
}

/** A list in the text: the line of its key, and the lines of its items. */
interface ListLines {
  header: number;
  /** Spaces before the dash of each item. */
  indent: string;
  items: Range[];
}

const isAside = (line: string): boolean => /^\s*(#.*)?$/.test(line);

const findHeader = (lines: readonly string[], section: Section): number =>
  lines.findIndex((line) => new RegExp(`^${section}:\\s*(\\[\\s*\\]|null|~)?\\s*(#.*)?$`).test(line));

/** Finds the items of a list that is written in block style. Comments between items belong to no item. */
const findList = (lines: readonly string[], header: number): ListLines => {
  const body = lines.slice(header + 1);
  const length = body.findIndex((line) => !isAside(line) && !/^(\s|-(\s|$))/.test(line));
  const end = header + 1 + (length < 0 ? body.length : length);
  const first = lines.slice(header + 1, end).find((line) => !isAside(line)) ?? "";
  const indent = /^\s*/.exec(first)?.[0] ?? "";
  const starts = lines.flatMap((line, index) =>
    index > header && index < end && line.startsWith(`${indent}-`) && !isAside(line) ? [index] : [],
  );
  const items = starts.map((start, index) => {
    let last = starts[index + 1] ?? end;
    while (last > start + 1 && isAside(lines[last - 1] ?? "")) last -= 1;
    return { start, end: last };
  });
  return { header, indent, items };
};

const linesOf = (entry: Entry, indent: string): string[] =>
  toYaml([entry])
    .trimEnd()
    .split("\n")
    .map((line) => `${indent}${line}`);

/** Changes a list in the lines. Returns undefined if the list is not in block style. */
const editList = (
  lines: readonly string[],
  section: Section,
  before: Entry[],
  after: Entry[],
): string[] | undefined => {
  if (stableJson(before) === stableJson(after)) return [...lines];
  const header = findHeader(lines, section);
  if (header < 0)
    return before.length > 0 ? undefined : [...lines, `${section}:`, ...after.flatMap((entry) => linesOf(entry, ""))];
  const { items, indent } = findList(lines, header);
  if (items.length !== before.length) return undefined;
  const edited = [...lines];
  const kept = before.map((entry) => after.find(({ name }) => name === entry.name));
  const added = after.filter(({ name }) => !before.some((entry) => entry.name === name));
  edited.splice(items.at(-1)?.end ?? header + 1, 0, ...added.flatMap((entry) => linesOf(entry, indent)));
  // Start at the end, so that earlier lines keep their numbers.
  for (const [index, { start, end }] of [...items.entries()].reverse()) {
    const entry = kept[index];
    if (stableJson(entry) === stableJson(before[index])) continue;
    edited.splice(start, end - start, ...(entry ? linesOf(entry, indent) : []));
  }
  const comment = /\s*#.*$/.exec(edited[header] ?? "")?.[0] ?? "";
  edited[header] = `${section}:${after.length === 0 ? " []" : ""}${comment}`;
  return edited;
};

/** Changes the current context in the lines. Returns undefined if it is not in one line without indentation. */
const editCurrent = (lines: readonly string[], before: Config, after: Config): string[] | undefined => {
  const current = currentContext(after);
  if (current === currentContext(before)) return [...lines];
  const line = toYaml({ "current-context": current }).trimEnd();
  const index = lines.findIndex((text) => text.startsWith("current-context:"));
  if (index < 0) return "current-context" in before ? undefined : [...lines, line];
  const comment = /\s+#.*$/.exec(lines[index] ?? "")?.[0] ?? "";
  return lines.map((text, number) => (number === index ? `${line}${comment}` : text));
};

const parsesAs = (text: string, config: Config): boolean => {
  try {
    const documents = readYaml(text);
    return documents.length === 1 && stableJson(documents[0]) === stableJson(config);
  } catch {
    return false;
  }
};

/** Returns the text of a kubeconfig that was empty before the change. Comments stay. */
const firstText = (text: string, after: Config): string => {
  const config = { apiVersion: "v1", kind: "Config", preferences: {}, ...after };
  const comments = text.trim() === "" ? "" : `${text.trimEnd()}\n`;
  const whole = `${comments}${toYaml(config)}`;
  return parsesAs(whole, config) ? whole : toYaml(config);
};

/**
 * Returns the text of a changed kubeconfig. If lists are in block style, unchanged parts keep their comments, order and
 * layout. Any other text is written again as a whole, in its order and without its comments.
 *
 * @param text the text before the change
 * @param before the parsed text
 * @param after the parsed result
 */
export const editText = (text: string, before: Config, after: Config): string => {
  // The mark would hide the key of the first line.
  if (text.startsWith("\uFEFF")) return `\uFEFF${editText(text.slice(1), before, after)}`;
  if (stableJson(before) === stableJson(after)) return text;
  if (Object.keys(before).length === 0) return firstText(text, after);
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  let lines: string[] | undefined = text.replace(/\r?\n$/, "").split(/\r?\n/);
  for (const section of sections) {
    lines = lines && editList(lines, section, entriesOf(before, section), entriesOf(after, section));
  }
  lines = lines && editCurrent(lines, before, after);
  const edited = lines && [...lines, ""].join(newline);
  return edited !== undefined && parsesAs(edited, after) ? edited : toYamlInOrder(after);
};
