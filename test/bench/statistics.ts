/** The middle of the values; of an even number of them, the mean of the middle two. Refuses none. */
export const median = (values: readonly number[]): number => {
  if (values.length === 0) throw new Error("no values to take the median of");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** Median, least and greatest of each series of seconds, one line each. */
export const table = (series: Readonly<Record<string, readonly number[]>>): string => {
  const seconds = (value: number): string => `${value.toFixed(1)} s`.padStart(9);
  const lines = Object.entries(series).map(
    ([name, values]) =>
      `${name.padEnd(14)}${seconds(median(values))}${seconds(Math.min(...values))}${seconds(Math.max(...values))}`,
  );
  return [`${"".padEnd(14)}${"median".padStart(9)}${"least".padStart(9)}${"greatest".padStart(9)}`, ...lines].join(
    "\n",
  );
};
