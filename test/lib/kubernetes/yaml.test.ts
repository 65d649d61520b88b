import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { readYaml, toYaml } from "../../../lib/kubernetes/yaml";

describe("readYaml", () => {
  test.each([
    ["0400", 256],
    ["0o400", 256],
    ["0x1F", 31],
    ["-12", -12],
    ["1_000", 1000],
    ["0", 0],
    ["-0", 0],
    ["1.5", 1.5],
    ["1e3", 1000],
    ["on", true],
    ["No", false],
    ["true", true],
    ["~", null],
    ["2001-12-14", "2001-12-14"],
    ["2001-12-14T21:59:43Z", "2001-12-14T21:59:43Z"],
    ["12:30", "12:30"],
    ["1.2.3", "1.2.3"],
    ['"0400"', "0400"],
    ["'on'", "on"],
  ])("reads %s as kubectl does: %j", (text, value) => {
    expect(readYaml(`key: ${text}`)).toEqual([{ key: value }]);
  });

  test("follows anchors and merge keys", () => {
    expect(readYaml("a: &x {b: 1}\nc: {<<: *x, d: 2}\n")).toEqual([{ a: { b: 1 }, c: { b: 1, d: 2 } }]);
  });

  test("names the source and the position of what does not parse", () => {
    expect(() => readYaml("a: 1\nb: [", "cniManifest")).toThrow(
      /^cniManifest, line 3, column 1: expected YAML that parses, got unexpected end/,
    );
  });

  test("refuses an integer that JavaScript would change by its line, without the integer", () => {
    const text = "a: 1\nb:\n  - x\n  - c: 9223372036854775807\nd: 2\n";
    expect(() => readYaml(text, "m")).toThrow(
      "m, line 4: expected YAML that parses, got an integer beyond 2^53, which JavaScript cannot hold exactly. ",
    );
  });

  test.each([
    ["an alias", "a: *hunter2", "unidentified alias"],
    ["a tag", "a: !hunter2 x", "unknown tag"],
    ["a verbatim tag", "a: !<hunter2> x", "unknown tag"],
    ["a tag of another type", "a: !!int hunter2", "cannot resolve a node with"],
    ["a tag for another kind of node", "a: !<?> {hunter2: 1}", "unacceptable node kind for"],
    ["a handle", "a: !hunter!x y", "undeclared tag handle"],
    ["a tag with strange characters", "a: !<hunter2%zz> y", "tag name cannot contain such characters"],
    ["a damaged tag", "a: !<hunter2%ff> y", "tag name is malformed"],
    ["a damaged prefix", "%TAG !a! hunter2%ff\n---\na: 1", "tag prefix is malformed"],
  ])("says what is wrong without the text of %s", (_, text, reason) => {
    const read = (): unknown => readYaml(`x: 1\n---\n${text}`.replace(/^x: 1\n---\n(?=%)/, ""), "m");
    expect(read).toThrow(new RegExp(`^m, line \\d, column \\d+: expected YAML that parses, got ${reason}\\. Correct`));
    expect(read).not.toThrow("hunter");
  });

  test("cuts each reason of the parser before the text that it quotes", () => {
    const loader = readFileSync("node_modules/js-yaml/lib/loader.js", "utf8");
    const quoting = [...loader.matchAll(/throwError\(state, '([^']*)' \+ /g)].map(([, start = ""]) => start);
    expect(quoting.length).toBeGreaterThan(7);
    // Where a reason goes on with a piece of the text, a quote, a tag or a colon stands before the piece.
    for (const start of quoting) expect(start).toMatch(/ "$|!<$|: $| tag; it should be "scalar", not "$/);
  });
});

describe("toYaml", () => {
  test("does not depend on the order of keys", () => {
    expect(toYaml({ b: 1, a: { d: 1, c: 2 } })).toBe(toYaml({ a: { c: 2, d: 1 }, b: 1 }));
  });

  test.each([
    "0400",
    "on",
    "n",
    "1e3",
    "2001-12-14",
    "1:30",
    "12_.5_",
    "0b11",
    "~",
    "null",
    "<<",
    "",
    " x",
    "a: b",
    "# c",
  ])("keeps %j a string", (text) => {
    expect(readYaml(toYaml({ [text || "key"]: text }))).toEqual([{ [text || "key"]: text }]);
  });

  test("quotes what a parser of YAML 1.1 would not take for a string", () => {
    expect(toYaml({ a: "0400", b: "y", c: "2001-12-14", d: "1:30" })).toBe(
      "a: '0400'\nb: 'y'\nc: '2001-12-14'\nd: '1:30'\n",
    );
  });

  test("every JSON object survives", () => {
    const key = fc.string().filter((text) => text !== "__proto__");
    const value = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { depthSize: "small" },
        fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.integer(), fc.boolean(), fc.constant(null)),
        fc.double({ noNaN: true }).filter((number) => !Number.isInteger(number) || Number.isSafeInteger(number)),
        fc.array(tie("node")),
        fc.dictionary(key, tie("node"), { noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(key, value.node, { noNullPrototype: true }), (object) => {
        expect(readYaml(toYaml(object))).toEqual([object]);
      }),
      { numRuns: 300 },
    );
  });
});
