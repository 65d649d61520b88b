import { show } from "../../lib/base/problem";

/** Refusal of a command line before any work: exit code 2. */
export class UsageError extends Error {}

/** Returns the error for a second value of an option that takes a single value. */
export const refuseSecond = (flag: string, first: string, second: string): UsageError =>
  new UsageError(`${flag}: expected one value, got ${show(first)} and ${show(second)}. Give the option once.`);
