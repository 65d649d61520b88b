import type { Difference } from "./rpc";
import { isSame, type Properties } from "./values";

/** The input by which a program asks that a resource is not replaced: what to do instead. */
export const keepMark = "__keep";

/** Why a resource that is to be kept is not replaced; undefined where it would not be. */
export const keepProblem = (
  instead: string,
  { replaces }: Difference,
  old: Properties,
  news: Properties,
): string | undefined => {
  if (replaces.length === 0) return undefined;
  const changes = replaces
    .filter((key) => !isSame(old[key], news[key]) && key in news)
    .map((key) => `${key} is ${JSON.stringify(news[key])}, but must stay ${JSON.stringify(old[key] ?? null)}`);
  const why = changes.length > 0 ? changes.join("; ") : "it is gone, and with it all that was in it";
  return `${why}. Nothing was changed: ${instead}`;
};
