import { describe, expect, test } from "@jest/globals";
import { schemaProblems } from "../../../lib/kubernetes/openApiSchema";

const rules = (schema: Record<string, unknown>, value: unknown): string[] =>
  schemaProblems(schema, value).map(({ path, rule }) => `${path || "value"}: ${rule}`);

describe("a value and its schema", () => {
  test.each<[string, Record<string, unknown>, unknown, string[]]>([
    ["a string", { type: "string" }, 3, ["value: a string"]],
    ["an integer", { type: "integer" }, 1.5, ["value: an integer"]],
    ["a number", { type: "number" }, 1.5, []],
    ["a map", { type: "object" }, [], ["value: a map"]],
    ["a list", { type: "array" }, {}, ["value: a list"]],
    ["null", { type: "string" }, null, ["value: a string"]],
    ["a nullable value", { type: "string", nullable: true }, null, []],
    ["an integer or string", { "x-kubernetes-int-or-string": true }, "50%", []],
    ["neither of them", { "x-kubernetes-int-or-string": true }, true, ["value: an integer or a string"]],
    ["a value of a list of values", { type: "string", enum: ["a", "b"] }, "c", ['value: one of "a", "b"']],
    ["a number below its minimum", { type: "integer", minimum: 2 }, 1, ["value: at least 2"]],
    [
      "a number at an exclusive maximum",
      { type: "integer", maximum: 2, exclusiveMaximum: true },
      2,
      ["value: less than 2"],
    ],
    ["a short text", { type: "string", minLength: 2 }, "a", ["value: at least 2 characters"]],
    ["a text without its pattern", { type: "string", pattern: "^v" }, "1", ["value: text that matches ^v"]],
    ["a pattern that JavaScript cannot read", { type: "string", pattern: "(?P<a>x)" }, "1", []],
    ["too many entries", { type: "array", maxItems: 1 }, [1, 2], ["value: at most 1 entries"]],
    ["repeated entries", { type: "array", uniqueItems: true }, [{ a: 1 }, { a: 1 }], ["value: entries that differ"]],
    ["an entry of a list", { type: "array", items: { type: "string" } }, ["a", 1], ["[1]: a string"]],
    ["an additional field", { type: "object", additionalProperties: { type: "string" } }, { a: 1 }, [".a: a string"]],
    ["any field", { type: "object", "x-kubernetes-preserve-unknown-fields": true }, { a: 1 }, []],
    ["an unknown field", { type: "object", properties: { a: {} } }, { b: 1 }, [".b: a field of its schema"]],
    [
      "a missing field",
      { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
      {},
      [".a: a value, because its schema requires one"],
    ],
    ["a missing field with a default", { type: "object", properties: { a: { default: 1 } }, required: ["a"] }, {}, []],
    ["all of several", { allOf: [{ minimum: 1 }, { maximum: 2 }] }, 3, ["value: at most 2"]],
    [
      "none of several",
      { anyOf: [{ type: "string" }, { type: "boolean" }] },
      3,
      ["value: a value of the forms that its schema lists"],
    ],
    ["what it must not be", { not: { type: "string" } }, "a", ["value: a value of the forms that its schema lists"]],
  ])("%s", (_title, schema, value, expected) => {
    expect(rules(schema, value)).toEqual(expected);
  });
});
