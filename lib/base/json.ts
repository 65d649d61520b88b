/** Returns true for a map of JSON or YAML: neither a list nor null. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Returns true for a map or a list, whose keys are its indexes. */
export const isContainer = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** Returns a value deep in data by its keys; undefined if the path does not exist. */
export const valueAt = (data: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (isContainer(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    data,
  );

/** Returns a text; empty for another value. */
export const asText = (value: unknown): string => (typeof value === "string" ? value : "");

/** Returns a list deep in data by its keys; empty if the path does not exist or has another value. */
export const listAt = (data: unknown, ...path: readonly string[]): readonly unknown[] => {
  const value = valueAt(data, ...path);
  return Array.isArray(value) ? value : [];
};

/** Returns the value with the keys of its maps sorted. */
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
};

/** Returns a value as JSON with the keys of maps sorted, so that equal values give equal texts. */
export const stableJson = (value: unknown): string => JSON.stringify(sorted(value));

/** Parses JSON Lines: one JSON text per line. */
export const jsonLines = <T>(text: string): T[] =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as T);
