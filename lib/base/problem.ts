/** A rule about data that may hold secrets. It describes the data in words and never repeats a value. */
export interface Expectation {
  /** Completes the sentence "KEY: expected …", without a period. */
  readonly expected: string;
  /** What was found, as in `a number`; absent where the rule says enough. */
  readonly got?: string;
}

/** One thing that is wrong with what a user gave: what it is, what was received, the rule, and the way out. */
export interface Problem {
  /** The setting's key, or the file or document it is about; absent where only the caller knows it. */
  readonly key?: string;
  /** The value as received; shown as JSON, shortened. Left out where it must not be shown. */
  readonly received?: unknown;
  /** Completes the sentence "… must …", without a period; or what was expected. */
  readonly rule: string | Expectation;
  /** What to do, as an imperative sentence without a period. */
  readonly remedy: string;
}

/** An error of the user's making: its message holds one line per problem and no stack is worth showing. */
export class ProblemError extends Error {
  override readonly name: string = "ProblemError";

  constructor(
    readonly problems: readonly Problem[],
    heading?: string,
  ) {
    const lines = problems.map(sentence);
    super(heading === undefined ? lines.join("\n") : [heading, ...lines.map((line) => `  - ${line}`)].join("\n"));
  }
}

/** Fails with a single problem. */
export const refuse = (problem: Problem): never => {
  throw new ProblemError([problem]);
};

/** A problem in two sentences: `key is "value", but must rule. Remedy.`, or `key: expected this, got that. Remedy.` */
export const sentence = (problem: Problem): string => {
  const { key, rule, remedy } = problem;
  if (typeof rule !== "string") {
    const got = rule.got === undefined ? "" : `, got ${rule.got}`;
    return printable(`${key ?? "The text"}: expected ${rule.expected}${got}. ${remedy}.`);
  }
  if (!("received" in problem)) return printable(`${key ?? "It"} must ${rule}. ${remedy}.`);
  const received = show(problem.received);
  return printable(`${key === undefined ? received : `${key} is ${received}, but`} must ${rule}. ${remedy}.`);
};

/** Line breaks and what a terminal obeys, which a key may hold, as JSON writes them. */
const printable = (text: string): string =>
  text.replace(/\p{Cc}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** A value for a message, as JSON of at most 200 characters; `absent` for undefined. */
export const show = (value: unknown): string => {
  if (value === undefined) return "absent";
  if (typeof value === "bigint" || typeof value === "number") return String(value);
  const text = jsonOf(value);
  return text.length > 200 ? `${text.slice(0, 197)}...` : text;
};

/** Names the type of a value, as in `a number`, for messages that must not show the value. */
export const typeName = (value: unknown): string => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a map" : `a ${typeof value}`;
};

const jsonOf = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return `a ${typeof value} that is no JSON`;
  }
};

/** Runs a check and gives its problems instead of throwing them; other errors pass through. */
export const problemsOf = (check: () => unknown): readonly Problem[] => {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof ProblemError) return error.problems;
    throw error;
  }
};
