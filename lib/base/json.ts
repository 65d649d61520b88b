/** The value with the keys of its maps sorted. */
const sorted = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
};

/** A value as JSON with the keys of maps sorted, so that equal values give equal texts. */
export const stableJson = (value: unknown): string => JSON.stringify(sorted(value));
