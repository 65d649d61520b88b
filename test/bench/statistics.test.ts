import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { median, table } from "./statistics";

test.each([
  [[3], 3],
  [[3, 1], 2],
  [[9, 1, 5], 5],
  [[4, 1, 3, 2], 2.5],
])("the median of %j is %d", (values, expected) => expect(median(values)).toBe(expected));

test("as many values are above the median as below it", () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
      const middle = median(values);
      const below = values.filter((value) => value < middle).length;
      const above = values.filter((value) => value > middle).length;
      expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
    }),
  );
});

test("no values have no median", () => expect(() => median([])).toThrow("no values"));

test("the table states median, least and greatest", () => {
  expect(table({ up: [3, 1, 2] })).toMatch(/up\s+2\.0 s\s+1\.0 s\s+3\.0 s/);
});
