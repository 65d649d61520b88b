import { secretName } from "./secretForms";

/** A fault in a user's input: the setting, the received value, the rule and the fix. */
export interface Problem {
  /** The setting's key, or the file or document; absent if only the caller knows it. */
  readonly key?: string;
  /** The received value, shown as shortened JSON. Absent if the value must not be shown. */
  readonly received?: unknown;
  /** The received data in words, such as `a number`. Shown in place of `received`, for data that may hold secrets. */
  readonly got?: string;
  /** Completes the sentence "KEY: expected …", without a period: a noun phrase where possible. */
  readonly rule: string;
  /** The fix, as an imperative sentence without a period. */
  readonly remedy: string;
}

/** An error in the user's input. Its message has one line per problem; its stack trace is not useful. */
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

/**
 * Throws a single problem.
 *
 * @throws ProblemError always
 */
export const refuse = (problem: Problem): never => {
  throw new ProblemError([problem]);
};

/** Returns a problem as two sentences: `key: expected rule, got "value". Remedy.` */
export const sentence = (problem: Problem): string => {
  // Keys with spaces are places of objects, such as Secrets, whose values no problem carries.
  const isSecret = "received" in problem && /^\S+$/.test(problem.key ?? "") && secretName.test(problem.key ?? "");
  const shown = isSecret ? withoutValue(problem) : problem;
  const { key = "the value", rule, remedy } = shown;
  const got = shown.got ?? ("received" in shown ? show(shown.received) : undefined);
  return printable(`${key}: expected ${rule}${got === undefined ? "" : `, got ${got}`}. ${remedy}.`);
};

/** Returns the problem without the received value, and without a remedy that may repeat the value. */
export const withoutValue = ({ key, got, rule, remedy }: Problem): Problem => ({
  ...(key === undefined ? {} : { key }),
  ...(got === undefined ? {} : { got }),
  rule,
  remedy: /^(Write|Set it to)\b/.test(remedy) ? "Correct the value" : remedy,
});

/**
 * Returns the text with control characters, line separators and invisible characters escaped as in JSON. Texts of users may
 * contain line breaks, terminal sequences, or characters that reverse the direction of writing.
 */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (characters) =>
    characters
      .split("")
      .map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );

/** Returns a text of several lines, each of them printable. */
export const printableLines = (text: string): string => text.split("\n").map(printable).join("\n");

/** Returns a value for a message, as printable JSON of at most 200 characters without secrets; `nothing` for undefined. */
export const show = (value: unknown): string => {
  if (value === undefined) return "nothing";
  if (typeof value === "bigint" || typeof value === "number") return String(value);
  const text = printable(jsonOf(value));
  return text.length > 200 ? `${text.slice(0, 197)}...` : text;
};

/** Returns the type of a value, such as `a number`, for messages that must not show the value. */
export const typeName = (value: unknown): string => {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a map" : `a ${typeof value}`;
};

const jsonOf = (value: unknown): string => {
  try {
    const hide = (key: string, inner: unknown): unknown => (secretName.test(key) ? "[secret]" : inner);
    return JSON.stringify(value, hide) ?? String(value);
  } catch {
    return `a ${typeof value} that JSON cannot represent`;
  }
};

/** Runs a check and returns its problems instead of throwing them. Other errors pass through. */
export const problemsOf = (check: () => unknown): readonly Problem[] => {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof ProblemError) return error.problems;
    throw error;
  }
};
