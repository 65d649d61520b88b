import { expect, test } from "@jest/globals";
import { ProblemError, refuse } from "../../../lib/base/problem";
import { allOf, outcomeOf } from "../../../lib/base/settleAll";

const failing = (key: string): Promise<never> =>
  Promise.resolve().then(() => refuse({ key, received: 1, rule: "2", remedy: "Set it to 2" }));

test("gives what each gave, in order", async () => {
  expect(await allOf([Promise.resolve("a"), 1, undefined])).toEqual(["a", 1, undefined]);
});

test("fails with the problems of all", async () => {
  const error = await allOf([failing("a"), Promise.resolve(1), failing("b")]).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ProblemError);
  expect((error as ProblemError).problems.map(({ key }) => key)).toEqual(["a", "b"]);
});

test("an error of the program is not a problem of the user", async () => {
  await expect(allOf([failing("a"), Promise.reject(new TypeError("oops"))])).rejects.toThrow(TypeError);
});

test.each([
  [undefined, "nothing"],
  [null, "null"],
  ["oops", "a string"],
])("%j as a failure becomes an error", async (thrown, words) => {
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the test is about such a value
  const work = () => [Promise.resolve(1), Promise.reject(thrown)] as const;
  const message = `Slipway: expected every failure to be an Error, got ${words}. Report this fault to Slipway's developers.`;
  await expect(allOf(work())).rejects.toThrow(message);
  expect(await outcomeOf(work()[1])).toEqual({ problems: [message] });
});

test("a look takes a failure as a finding, a line for each problem", async () => {
  expect(await outcomeOf(Promise.resolve(5))).toEqual({ found: 5, problems: [] });
  expect(await outcomeOf(undefined)).toEqual({ found: undefined, problems: [] });
  const { problems } = await outcomeOf(allOf([failing("a"), failing("b")]));
  expect(problems).toEqual(["a: expected 2, got 1. Set it to 2.", "b: expected 2, got 1. Set it to 2."]);
});
