/** Pulumi's value for an output that a failed run did not compute. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Removes unknown values from plain data. */
export const withoutUnknown = (data: unknown): unknown => {
  if (Array.isArray(data)) return data.filter((value) => value !== unknown).map(withoutUnknown);
  if (typeof data !== "object" || data === null) return data;
  const known = Object.entries(data).filter(([, value]) => value !== unknown);
  return Object.fromEntries(known.map(([key, value]) => [key, withoutUnknown(value)]));
};
