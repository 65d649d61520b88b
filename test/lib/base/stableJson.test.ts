import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { stableJson } from "../../../lib/base/json";

test("keys are sorted at every depth, lists keep their order", () => {
  expect(stableJson({ b: [{ d: 1, c: 2 }, 3], a: null, u: undefined })).toBe('{"a":null,"b":[{"c":2,"d":1},3]}');
});

test("reads back as what was written, and equal values give equal texts", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = stableJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(stableJson(JSON.parse(text))).toBe(text);
    }),
  );
});
