/** Returns the most similar word of a list, if a typing error can explain the difference. */
export const nearest = (word: string, words: readonly string[]): string | undefined => {
  const [best] = words
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= Math.max(2, best.candidate.length / 3) ? best.candidate : undefined;
};

/** Returns the number of letters to insert, delete, replace or swap with their neighbour to turn one word into the other. */
export const editDistance = (from: string, to: string): number => {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let index = 0; index < from.length; index++) {
    const row = [index + 1];
    for (let column = 0; column < to.length; column++) {
      const isSame = from[index] === to[column];
      const isSwapped = index > 0 && column > 0 && from[index] === to[column - 1] && from[index - 1] === to[column];
      const steps = [(last[column] ?? 0) + (isSame ? 0 : 1), (last[column + 1] ?? 0) + 1, (row[column] ?? 0) + 1];
      row.push(Math.min(...steps, isSwapped ? (beforeLast[column - 1] ?? 0) + 1 : Infinity));
    }
    [beforeLast, last] = [last, row];
  }
  return last[to.length] ?? 0;
};
