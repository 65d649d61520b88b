import { expect, test } from "@jest/globals";
import { ProblemError, problemsOf, refuse, sentence, show } from "../../../lib/base/problem";

test.each([
  [{ key: "k", received: "v", rule: "be w", remedy: "Write w" }, 'k is "v", but must be w. Write w.'],
  [{ received: "v", rule: "be w", remedy: "Write w" }, '"v" must be w. Write w.'],
  [{ key: "k", received: undefined, rule: "be w", remedy: "Write w" }, "k is absent, but must be w. Write w."],
  [{ key: "k", rule: "be w", remedy: "Write w" }, "k must be w. Write w."],
  [{ key: "k", rule: { expected: "w", got: "v" }, remedy: "Write w" }, "k: expected w, got v. Write w."],
  [{ key: "k", rule: { expected: "w" }, remedy: "Write w" }, "k: expected w. Write w."],
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

test("an error's message has a line per problem, under a heading if there is one", () => {
  const problems = ["a", "b"].map((key) => ({ key, received: 1, rule: "be 2", remedy: "Write 2" }));
  expect(new ProblemError(problems).message).toBe("a is 1, but must be 2. Write 2.\nb is 1, but must be 2. Write 2.");
  expect(new ProblemError(problems, "2 problems:").message).toMatch(/^2 problems:\n {2}- a is .*\n {2}- b is /);
});

test("problemsOf gives problems and lets other errors through", () => {
  const problem = { received: 1, rule: "be 2", remedy: "Write 2" };
  expect(problemsOf(() => refuse(problem))).toEqual([problem]);
  expect(problemsOf(() => 1)).toEqual([]);
  expect(() =>
    problemsOf(() => {
      throw new TypeError("x");
    }),
  ).toThrow(TypeError);
});

test("what a terminal obeys is shown as text, wherever it stands, and a problem stays one line", () => {
  const problem = { key: "a\nb\u001b[31m", received: "c\u009b", rule: "be d\r", remedy: "Rename it" };
  expect(sentence(problem)).toBe(String.raw`a\u000ab\u001b[31m is "c\u009b", but must be d\u000d. Rename it.`);
  expect(sentence({ key: "\0", rule: "go", remedy: "Remove it" })).toBe(String.raw`\u0000 must go. Remove it.`);
});
