/** Runs work; work with the same key runs one after the other, in the order of the calls. */
export type Queue = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** Creates a queue. Failed work does not stop the work behind it. */
export const createQueue = (): Queue => {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const result = (last.get(key) ?? Promise.resolve()).then(work);
    last.set(
      key,
      result.catch(() => undefined),
    );
    return result;
  };
};

/** Programs that run at the same time: each takes memory and a part of a processor. */
const defaultLimit = 6;

/** Does all of the work, at most `limit` pieces at the same time, and returns the results in the order of the work. */
export const runLimited = async <T>(work: readonly (() => Promise<T>)[], limit = defaultLimit): Promise<T[]> => {
  const results: T[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < work.length; index = next++) results[index] = await work[index]!();
  };
  await Promise.all(Array.from({ length: Math.min(limit, work.length) }, worker));
  return results;
};
