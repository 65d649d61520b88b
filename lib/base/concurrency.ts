/** A queue that runs work. Work with the same key runs one after the other, in the order of the calls. */
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

/** Limit of programs that run at the same time. Each program takes memory and CPU time. */
const defaultLimit = 6;

/**
 * Runs all of the work, at most `limit` pieces at the same time; default: 6. Returns the results in the order of the
 * work.
 */
export const runLimited = async <T>(work: readonly (() => Promise<T>)[], limit = defaultLimit): Promise<T[]> => {
  const results: T[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < work.length; index = next++) results[index] = await work[index]!();
  };
  await Promise.all(Array.from({ length: Math.min(limit, work.length) }, worker));
  return results;
};
