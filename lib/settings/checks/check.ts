/** Accepts a value, or throws a ProblemError that says the rule and the remedy; the caller adds the key. */
export type Check<T> = (value: T) => void;
