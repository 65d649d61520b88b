import { ProblemError } from "./problem";

type Results<T extends readonly unknown[]> = { -readonly [K in keyof T]: Awaited<T[K]> };

/**
 * Waits for all of the work, unlike Promise.all.
 *
 * @throws ProblemError with the problems of every failure; or the first error of another type
 */
export const allOf = async <const T extends readonly unknown[]>(work: T): Promise<Results<T>> => {
  const outcomes = await Promise.allSettled(work);
  const errors = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as Error] : []));
  const other = errors.find((error) => !(error instanceof ProblemError));
  if (other !== undefined)
    throw other instanceof Error ? other : new Error("expected an Error, got another thrown value", { cause: other });
  if (errors.length > 0) {
    throw new ProblemError((errors as ProblemError[]).flatMap(({ problems }) => problems));
  }
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as Results<T>;
};

/** The result of work, or the messages of its failure. */
export type Outcome<T> = { readonly found: T; readonly problems: [] } | { readonly problems: string[] };

/** Returns a failure as an outcome, so that it can be reported together with other failures. */
export const outcomeOf = async <T>(work: Promise<T> | T): Promise<Outcome<T>> => {
  try {
    return { found: await work, problems: [] };
  } catch (error) {
    return { problems: (error as Error).message.split("\n") };
  }
};
