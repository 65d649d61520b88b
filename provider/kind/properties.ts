import type { Properties } from "../values";

/** A property that was checked to be a text. */
export const textOf = (properties: Properties, key: string): string => properties[key] as string;

/** A property that was checked to be a map of texts; absent is empty. */
export const mapOf = (properties: Properties, key: string): Record<string, string> =>
  (properties[key] ?? {}) as Record<string, string>;
