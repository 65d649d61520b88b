import { expect, test } from "@jest/globals";
import { ProblemError, problemsOf, refuse, sentence, show } from "../../../lib/base/problem";

test.each([
  [{ key: "k", received: "v", rule: "w", remedy: "Write w" }, 'k: expected w, got "v". Write w.'],
  [{ received: "v", rule: "w", remedy: "Write w" }, 'the value: expected w, got "v". Write w.'],
  [{ key: "k", received: undefined, rule: "w", remedy: "Write w" }, "k: expected w, got nothing. Write w."],
  [{ key: "k", received: "", rule: "w", remedy: "Write w" }, 'k: expected w, got "". Write w.'],
  [{ key: "k", rule: "w", remedy: "Write w" }, "k: expected w. Write w."],
  [{ key: "k", rule: "w", got: "a number", remedy: "Write w" }, "k: expected w, got a number. Write w."],
  [{ key: "k", received: "v", got: "a text", rule: "w", remedy: "Write w" }, "k: expected w, got a text. Write w."],
])("%j reads: %s", (problem, expected) => {
  expect(sentence(problem)).toBe(expected);
});

const circle: { self?: unknown } = {};
circle.self = circle;

test.each([
  [1n, "1"],
  [NaN, "NaN"],
  [{ a: [1] }, '{"a":[1]}'],
  [() => 1, /=>/],
  ["x".repeat(300), /^"x{196}\.\.\.$/],
  [circle, "a object that JSON cannot represent"],
])("shows %p", (value, expected) => {
  expect(show(value)).toMatch(expected);
});

test("an error's message has a line for each problem, under an optional heading", () => {
  const problems = ["a", "b"].map((key) => ({ key, received: 1, rule: "2", remedy: "Write 2" }));
  expect(new ProblemError(problems).message).toBe("a: expected 2, got 1. Write 2.\nb: expected 2, got 1. Write 2.");
  expect(new ProblemError(problems, "2 problems:").message).toMatch(/^2 problems:\n {2}- a: .*\n {2}- b: /);
});

test("problemsOf returns problems and throws other errors again", () => {
  const problem = { received: 1, rule: "2", remedy: "Write 2" };
  expect(problemsOf(() => refuse(problem))).toEqual([problem]);
  expect(problemsOf(() => 1)).toEqual([]);
  expect(() =>
    problemsOf(() => {
      throw new TypeError("x");
    }),
  ).toThrow(TypeError);
});

test("control characters are escaped in key, value and rule, so that a problem stays one line", () => {
  const problem = { key: "a\nb\u001b[31m", received: "c\u009b", rule: "d\r", remedy: "Rename it" };
  expect(sentence(problem)).toBe(String.raw`a\u000ab\u001b[31m: expected d\u000d, got "c\u009b". Rename it.`);
  expect(sentence({ key: "\0", rule: "no key", remedy: "Remove it" })).toBe(
    String.raw`\u0000: expected no key. Remove it.`,
  );
});
