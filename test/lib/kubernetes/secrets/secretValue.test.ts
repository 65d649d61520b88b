import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { hasSecrets, mapSecrets, markSecrets, SecretValue } from "../../../../lib/kubernetes/secrets/secretValue";

const json = fc.jsonValue({ maxDepth: 4 });

describe("marked secrets", () => {
  test.each<[string, unknown, unknown, unknown]>([
    ["a value", { a: "x", b: 1 }, { a: "y", b: 1 }, { a: new SecretValue("y"), b: 1 }],
    ["an item", ["a", "x"], ["a", "y"], ["a", new SecretValue("y")]],
    ["a value of another type", { a: "x" }, { a: 5 }, { a: new SecretValue(5) }],
    ["what it makes a map of", { a: "x" }, { a: { b: 1 } }, { a: new SecretValue({ b: 1 }) }],
    ["a key", { x: 1 }, { y: 1 }, new SecretValue({ y: 1 })],
    ["an empty key", {}, { "": [] }, new SecretValue({ "": [] })],
    ["a key of two lines", { x: 1, y: 1 }, { "x\ny": 1 }, new SecretValue({ "x\ny": 1 })],
    ["how many items there are", { a: [1] }, { a: [1, 2] }, { a: new SecretValue([1, 2]) }],
    ["nothing", { a: [1, { b: null }] }, { a: [1, { b: null }] }, { a: [1, { b: null }] }],
  ])("are %s that differs", (_, open, closed, expected) => {
    expect(markSecrets(open, closed)).toEqual(expected);
  });

  test("give the closed data back, and leave nothing of it where it differs", () => {
    fc.assert(
      fc.property(json, json, (open, closed) => {
        const marked = markSecrets(open, closed);
        expect(mapSecrets(marked, (value) => value)).toEqual(closed);
        expect(hasSecrets(marked)).toBe(JSON.stringify(open) !== JSON.stringify(closed));
      }),
    );
  });

  test("are none where nothing differs", () => {
    fc.assert(
      fc.property(json, (data) => {
        expect(markSecrets(data, structuredClone(data))).toEqual(data);
      }),
    );
  });
});
