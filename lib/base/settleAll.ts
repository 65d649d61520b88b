import { ProblemError, typeName } from "./problem";

type Results<T extends readonly unknown[]> = { -readonly [K in keyof T]: Awaited<T[K]> };

/**
 * Waits for all of the work, unlike Promise.all.
 *
 * @throws ProblemError with the problems of every failure; or the first error of another type
 */
export const allOf = async <const T extends readonly unknown[]>(work: T): Promise<Results<T>> => {
  const outcomes = await Promise.allSettled(work);
  const reasons = outcomes.flatMap((outcome): unknown[] => (outcome.status === "rejected" ? [outcome.reason] : []));
  const failures = reasons.filter((reason) => !(reason instanceof ProblemError));
  if (failures.length > 0) throw asError(failures[0]);
  if (reasons.length > 0) throw new ProblemError((reasons as ProblemError[]).flatMap(({ problems }) => problems));
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as Results<T>;
};

/** Returns a thrown value as an error. Programs of Slipway throw only errors, but a library may throw any value. */
const asError = (thrown: unknown): Error =>
  thrown instanceof Error
    ? thrown
    : new Error(
        `Slipway: expected every failure to be an Error, got ${typeName(thrown)}. ` +
          "Report this fault to Slipway's developers.",
        { cause: thrown },
      );

/** The result of work, or the messages of its failure. */
export type Outcome<T> = { readonly found: T; readonly problems: [] } | { readonly problems: string[] };

/** Returns a failure as an outcome, so that it can be reported together with other failures. */
export const outcomeOf = async <T>(work: Promise<T> | T): Promise<Outcome<T>> => {
  try {
    return { found: await work, problems: [] };
  } catch (error) {
    return { problems: asError(error).message.split("\n") };
  }
};
