import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { editDistance, nearest } from "../../../lib/base/suggest";

test.each([
  ["", "", 0],
  ["kitten", "sitting", 3],
  ["podCidr", "podCIDR", 3],
  ["abc", "", 3],
  ["stauts", "status", 1],
  ["stauts", "start", 2],
  ["ab", "ba", 1],
])("%s and %s are %i apart", (a, b, expected) => {
  expect(editDistance(a, b)).toBe(expected);
});

test("the distance is the same both ways and at most the longer length", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      expect(editDistance(a, b) === 0).toBe(a === b);
    }),
  );
});

test.each([
  ["clustrName", "clusterName"],
  ["podCIDR", "podCidr"],
  ["workers", undefined],
  ["", undefined],
])("nearest to %s is %s", (word, expected) => {
  expect(nearest(word, ["clusterName", "podCidr", "workerReplicas"])).toBe(expected);
});

test("two letters in the wrong order are closer than another word", () => {
  expect(nearest("stauts", ["start", "stop", "status"])).toBe("status");
});
