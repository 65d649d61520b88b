import { setTimeout as sleep } from "node:timers/promises";

/**
 * Calls a function again after failures.
 *
 * @param pauseAfter returns the milliseconds before the next try, for an error and the number of tries so far; undefined
 * ends the tries with this error
 */
export const retry = async <T>(
  once: () => Promise<T>,
  pauseAfter: (error: unknown, count: number) => Promise<number | undefined> | number | undefined,
): Promise<T> => {
  for (let count = 1; ; count += 1) {
    try {
      return await once();
    } catch (error) {
      const pause = await pauseAfter(error, count);
      if (pause === undefined) throw error;
      await sleep(pause);
    }
  }
};
