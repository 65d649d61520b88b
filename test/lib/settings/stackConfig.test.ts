import { describe, expect, test } from "@jest/globals";
import { readStackConfig } from "../../../lib/settings/stackConfig";

const read = (text: string) => readStackConfig(text, "Pulumi.x.yaml");

describe("a stack file", () => {
  // The pinned Pulumi prints these values: pulumi config --json.
  test.each([
    ["slipway:a: yes", { "slipway:a": "yes" }],
    ["b: 0400", { "slipway:b": "256" }],
    ["slipway:c: 1e3", { "slipway:c": "1000" }],
    ["slipway:d: 1.50", { "slipway:d": "1.5" }],
    ["slipway:f:", { "slipway:f": "" }],
    ["slipway:h: 2001-01-01", { "slipway:h": "2001-01-01 00:00:00 +0000 UTC" }],
    ["slipway:i: 0x1F", { "slipway:i": "31" }],
    ["slipway:config:j: 5", { "slipway:j": "5" }],
    ["slipway:k: True", { "slipway:k": "true" }],
    ["slipway:m: {}", { "slipway:m": "{}" }],
    ["pulumi:z: 3", { "pulumi:z": "3" }],
    [
      "slipway:e: [{ name: 123, x: yes, y: 1.0, z: ~, o: 0400, f: 1e3 }]",
      { "slipway:e": '[{"name":123,"x":"yes","y":1,"z":null,"o":256,"f":1000}]' },
    ],
  ])("with %s has Pulumi's values", (line, values) => {
    expect(read(`config:\n  ${line}\n`)).toEqual({ values, encrypted: [] });
  });

  test.each(["", "# only a comment\n", "config:\n", "secretsprovider: x\n", "---\nconfig: {}\n---\n"])(
    "without settings is empty: %j",
    (text) => expect(read(text)).toEqual({ values: {}, encrypted: [] }),
  );

  test.each([
    ["slipway:a: { secure: v1:x }", ["slipway:a"]],
    ["a: { b: [{ secure: v1:x }] }", ["slipway:a"]],
    ["a: { secure: v1:x, b: 1 }", []],
  ])("with %s names its encrypted keys", (line, encrypted) => {
    expect(read(`config:\n  ${line}\n`).encrypted).toEqual(encrypted);
  });

  test.each([
    ["- a\n", "Pulumi.x.yaml: expected a map with the key config, got a list."],
    ["text\n", "Pulumi.x.yaml: expected a map with the key config, got a string."],
    ["5\n", "Pulumi.x.yaml: expected a map with the key config, got a number."],
    ["config: [a]\n", "Pulumi.x.yaml, config: expected a map of settings, got a list."],
    ["config: text\n", "Pulumi.x.yaml, config: expected a map of settings, got a string."],
    ["config: true\n", "Pulumi.x.yaml, config: expected a map of settings, got a boolean."],
    ["config: {x: 1}\n---\nconfig: {y: 1}\n", "Pulumi.x.yaml: expected one YAML document, got 2."],
    ["config: {'a:b:c': 1}\n", "Pulumi.x.yaml, a:b:c: expected a key of the form slipway:NAME."],
    ["config: {x: 1, 'slipway:x': 2}\n", "slipway:x: expected slipway:x only once, with or without slipway:."],
    ["config: {x: 1, x: 2}\n", "expected YAML that parses, got duplicated mapping key"],
    ["config: [\n", "expected YAML that parses, got "],
  ])("%j is refused", (text, message) => expect(() => read(text)).toThrow(message));

  test("that does not parse was not fetched, so the remedy is to correct it", () => {
    expect(() => read("a: [")).toThrow(/\. Correct the text at this place\.$/);
  });
});
