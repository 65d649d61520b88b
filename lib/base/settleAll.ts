import { ProblemError } from "./problem";

type Results<T extends readonly unknown[]> = { -readonly [K in keyof T]: Awaited<T[K]> };

/** Like Promise.all, but waits for all of them, and fails with the problems of every one that failed. */
export const allOf = async <const T extends readonly unknown[]>(work: T): Promise<Results<T>> => {
  const outcomes = await Promise.allSettled(work);
  const errors = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as Error] : []));
  const other = errors.find((error) => !(error instanceof ProblemError));
  if (other !== undefined) throw other instanceof Error ? other : new Error("a look failed", { cause: other });
  if (errors.length > 0) {
    throw new ProblemError((errors as ProblemError[]).flatMap(({ problems }) => problems));
  }
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as Results<T>;
};

/** What a look at something gave, or the messages of why it gave nothing. */
export type Look<T> = { readonly found: T; readonly problems: [] } | { readonly problems: string[] };

/** Takes a failure as a finding, so that it can be said together with others. */
export const look = async <T>(work: Promise<T> | T): Promise<Look<T>> => {
  try {
    return { found: await work, problems: [] };
  } catch (error) {
    return { problems: (error as Error).message.split("\n") };
  }
};
