/** Compares dotted versions; a missing part counts as 0, what follows a - or + is ignored. */
export const isAtLeast = (version: string, minimum: string): boolean => {
  const parts = (text: string): number[] => (text.replace(/^v/, "").split(/[-+ ]/)[0] ?? "").split(".").map(Number);
  const [left, right] = [parts(version), parts(minimum)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
};
