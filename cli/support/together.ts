/** Programs that run at a time: each takes memory and a part of a processor. */
const together = 6;

/** Does all of the work, some of it at a time, and gives the results in its order. */
export const inTurn = async <T>(work: readonly (() => Promise<T>)[], atATime = together): Promise<T[]> => {
  const results: T[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < work.length; index = next++) results[index] = await work[index]!();
  };
  await Promise.all(Array.from({ length: Math.min(atATime, work.length) }, worker));
  return results;
};
