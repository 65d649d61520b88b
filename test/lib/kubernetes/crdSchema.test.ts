import { describe, expect, test } from "@jest/globals";
import { sentence } from "../../../lib/base/problem";
import { type CrdSchema, fieldSchema, schemaProblems } from "../../../lib/kubernetes/crdSchema";
import { fetchTimeout, realCrds } from "../../helpers/realManifests";

const texts = (value: unknown, schema: CrdSchema): string[] => schemaProblems(value, schema, "a").map(sentence);

const schema: CrdSchema = {
  type: "object",
  minProperties: 1,
  properties: {
    name: { type: "string", minLength: 1, maxLength: 3 },
    count: { type: "integer", minimum: 1, maximum: 3, format: "int32" },
    size: { type: "integer", format: "int32" },
    mode: { type: "string", enum: ["Raw", "Template"] },
    word: { type: "string", pattern: "^[a-z]+$" },
    time: { type: "string", format: "date-time" },
    isOn: { type: "boolean" },
    gates: { type: "object", additionalProperties: { type: "boolean" } },
    either: { "x-kubernetes-int-or-string": true },
    rest: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
    empty: { type: "string", nullable: true },
    names: { type: "array", minItems: 1, maxItems: 2, items: { type: "string" }, "x-kubernetes-list-type": "set" },
    pairs: {
      type: "array",
      items: { type: "object", required: ["name", "value"], properties: { name: {}, value: {} } },
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name", "value"],
      "x-kubernetes-validations": [{ rule: "self.all(x, self.exists_one(y, x.name == y.name))" }],
    },
  },
};

test("accepts a value that fits", () => {
  const pairs = [
    { name: "a", value: "b" },
    { name: "b", value: "b" },
  ];
  const value = { name: "abc", count: 2, mode: "Raw", word: "abc", isOn: true, gates: { A: true }, either: "50%" };
  expect(texts({ ...value, rest: { any: [1] }, empty: null, names: ["a", "b"], pairs }, schema)).toEqual([]);
  expect(texts({ either: 1, time: "2026-01-31T12:00:00Z", size: -1 }, schema)).toEqual([]);
});

test.each<[unknown, string]>([
  [{}, "a: expected at least 1 fields, got 0 fields. Remove the field, or fill it."],
  [{ nmae: "x" }, "a.nmae: expected a known field. Did you mean name? Rename it, or remove it."],
  [{ unrelated: { secret: "x" } }, "a.unrelated: expected a known field. Remove it; known fields: count, either, "],
  [{ toString: 1 }, "a.toString: expected a known field."],
  [{ name: 1 }, 'a.name: expected a string, got 1. Write it as "text", in quotes'],
  [{ name: ["secret"] }, "a.name: expected a string, got a list."],
  [{ name: null }, "a.name: expected a string, got null."],
  [{ name: "" }, "a.name: expected 1 to 3 characters, got 0 characters."],
  [{ name: "abcd" }, "a.name: expected 1 to 3 characters, got 4 characters. Shorten it."],
  [{ count: "2" }, "a.count: expected an integer, got a string. Write it as 3, without quotes."],
  [{ count: 1.5 }, "a.count: expected an integer, got 1.5."],
  [{ count: 0 }, "a.count: expected 1 to 3, got 0. Set it to 1."],
  [{ count: 4 }, "a.count: expected 1 to 3, got 4. Set it to 3."],
  [{ size: 2 ** 31 }, "a.size: expected -2147483648 to 2147483647, got 2147483648."],
  [{ mode: "raw" }, 'a.mode: expected one of Raw, Template, got "raw". Set it to Raw.'],
  [{ word: "A" }, 'a.word: expected a value that matches ^[a-z]+$, got "A". Correct the value.'],
  [{ time: "today" }, 'a.time: expected a time, got "today".'],
  [{ isOn: "true" }, "a.isOn: expected true or false, got a string."],
  [{ gates: { A: "true" } }, "a.gates.A: expected true or false, got a string."],
  [{ gates: [] }, "a.gates: expected a map, got a list."],
  [{ either: true }, "a.either: expected an integer or a string, got true."],
  [{ names: [] }, "a.names: expected 1 to 2 items, got 0 items."],
  [{ names: ["a", "b", "c"] }, "a.names: expected 1 to 2 items, got 3 items."],
  [{ names: ["a", "a"] }, "a.names[1]: expected each item once, got the same."],
  [{ pairs: [{ name: "a" }] }, "a.pairs[0]: expected a map with name, value, got a map without value. Add value."],
  [
    {
      pairs: [
        { name: "a", value: "1" },
        { name: "a", value: "2" },
      ],
    },
    "a.pairs[1]: expected another name than a.pairs[0], got the same. Remove one of the two.",
  ],
])("refuses %j", (value, text) => expect(texts(value, schema)).toEqual([expect.stringContaining(text)]));

describe("the CRDs of the kubeadm providers", () => {
  test(
    "have one schema of kubeadm's settings, with all keywords that the check knows",
    async () => {
      const crds = await realCrds();
      const find = (name: string, ...path: string[]) => {
        const crd = crds.find(({ metadata }) => metadata.name.startsWith(name));
        return crd && fieldSchema(crd, "v1beta2", ...path);
      };
      const controlPlane = find("kubeadmcontrolplanes.", "spec", "kubeadmConfigSpec");
      const pool = find("kubeadmconfigtemplates.", "spec", "template", "spec");
      expect(controlPlane?.properties).toHaveProperty("clusterConfiguration");
      expect(Object.keys(pool?.properties ?? {})).toEqual(Object.keys(controlPlane?.properties ?? {}));
      expect(find("kubeadmcontrolplanes.", "spec", "other")).toBeUndefined();
      expect(keywordsOf(controlPlane).filter((keyword) => !known.includes(keyword))).toEqual([]);
    },
    fetchTimeout,
  );
});

/** Keywords that the check knows, and those that say nothing about a value that the check could refuse. */
const known = [
  ...["type", "properties", "additionalProperties", "items", "required", "enum", "pattern", "format"],
  ...["minLength", "maxLength", "minItems", "maxItems", "minProperties", "minimum", "maximum"],
  ...["list-type", "list-map-keys", "map-type", "validations", "int-or-string"].map((name) => `x-kubernetes-${name}`),
  ...["description", "default", "anyOf"],
];

const keywordsOf = (schema: CrdSchema | undefined): string[] => {
  if (schema === undefined) return [];
  const { properties = {}, items, additionalProperties } = schema;
  const inner = [
    ...Object.values(properties),
    ...(items ? [items] : []),
    ...(typeof additionalProperties === "object" ? [additionalProperties] : []),
  ];
  return [...new Set([...Object.keys(schema), ...inner.flatMap(keywordsOf)])];
};

describe("a schema of a class, which users write", () => {
  test.each<[string, CrdSchema, unknown, string[]]>([
    [
      "fills in a required field with a default",
      { type: "object", properties: { a: { default: 1 } }, required: ["a"] },
      {},
      [],
    ],
    ["may have a pattern that JavaScript cannot read", { type: "string", pattern: "(?P<a>x)" }, "1", []],
    [
      "may exclude a limit",
      { type: "integer", maximum: 2, exclusiveMaximum: true },
      2,
      ["a: expected a number other than 2, its limit, got 2. Correct it."],
    ],
    ["combines schemas", { anyOf: [{ type: "string" }, { type: "boolean" }] }, "a", []],
    [
      "combines schemas of which none fits",
      { anyOf: [{ type: "string" }, { type: "boolean" }] },
      3,
      ["a: expected a value of the forms that its schema allows, got a number. Compare it with the schema."],
    ],
    [
      "requires fields in a combined schema",
      { type: "object", properties: { a: {}, b: {} }, oneOf: [{ required: ["a"] }, { required: ["b"] }] },
      { a: 1 },
      [],
    ],
    [
      "requires one of several, not both",
      { type: "object", properties: { a: {}, b: {} }, oneOf: [{ required: ["a"] }, { required: ["b"] }] },
      { a: 1, b: 1 },
      ["a: expected a value of the forms that its schema allows, got a map. Compare it with the schema."],
    ],
  ])("%s", (_title, part, value, expected) => {
    expect(texts(value, part)).toEqual(expected);
  });
});
