import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { substitute, variablesOf } from "../../../../lib/cluster/template/substitution";

describe("substitute", () => {
  test.each([
    ["${VAR}", { VAR: "x" }, "x"],
    ["a ${A}${B} c", { A: "1", B: "2" }, "a 12 c"],
    ["${VAR:=default}", {}, "default"],
    ["${VAR=default}", {}, "default"],
    ["${VAR:-default}", {}, "default"],
    ["${VAR:=default}", { VAR: "x" }, "x"],
    ["${VAR:=default}", { VAR: "" }, "default"],
    ["${VAR}", { VAR: "" }, ""],
    ["${ VAR }${ VAR}${VAR }", { VAR: "x" }, "xxx"],
    ['${CAPD_DOCKER_HOST:=""}', {}, '""'],
    ["${CAPI_DIAGNOSTICS_ADDRESS:=:8443}", {}, ":8443"],
    ["--gates=A=${A:=true},B=${B:=false}", { B: "true" }, "--gates=A=true,B=true"],
    ["${A:=${B}}", { B: "x" }, "x"],
    ["${A:=one-${B:=two}-three}", {}, "one-two-three"],
    ["${A:=${B}}", { A: "x" }, "x"],
    ["${VAR/a/b}", { VAR: "aba" }, "bba"],
    ["${VAR//a/b}", { VAR: "aba" }, "bbb"],
    ["${VAR/#a/b}", { VAR: "aba" }, "bba"],
    ["${VAR/#b/c}", { VAR: "aba" }, "aba"],
    ["${VAR/%a/}", { VAR: "aba" }, "ab"],
    ["${ROLE/#arn/example.org/role: arn}", { ROLE: "arn:x" }, "example.org/role: arn:x"],
    ["${ROLE/#arn/example.org/role: arn}", {}, ""],
    ["$${VAR}", {}, "${VAR}"],
    ["$$VAR", {}, "$VAR"],
    ["$VAR $ $(VAR) {VAR}", {}, "$VAR $ $(VAR) {VAR}"],
    ["pattern: ^a$", {}, "pattern: ^a$"],
    ["", {}, ""],
    ["${A}", { A: "${B}", B: "x" }, "${B}"],
  ])("%s with %j is %s", (text, variables, expected) => {
    expect(substitute(text, variables as Record<string, string>)).toBe(expected);
  });

  test("names every missing variable in one error, with the remedy", () => {
    const text = "${B} ${A} ${C:=} ${D:=x} ${E:=${F}} ${B}";
    expect(() => substitute(text, {}, "coreManifest")).toThrow(
      "coreManifest: expected a value for each variable without a default, got none for ${A}, ${B}, ${C}, ${F}. " +
        "Set featureGates.A, featureGates.B, featureGates.C, featureGates.F in the stack's settings.",
    );
  });

  test("a property that every object inherits is not a value", () => {
    expect(() => substitute("${constructor}", {})).toThrow("${constructor}");
  });

  test.each([
    "${VAR^^}",
    "${VAR/a}",
    "${VAR//b}",
    "${VAR:?no}",
    "${VAR:0:2}",
    "${#VAR}",
    "${VAR-x}",
    "${}",
    "${VAR",
    "${A:=x",
    "${A B}",
  ])("refuses %s", (text) => {
    expect(() => substitute(`first: line\nsecond: ${text}`, { VAR: "x" }, "coreManifest")).toThrow(
      /^coreManifest, line 2, column 9: expected one of .*, got another expression\. /,
    );
  });

  test("collects every expression it cannot read", () => {
    expect(() => substitute("${A^^}\n${B,,}\n${C}", {})).toThrow(/line 1, .*\n.*line 2, /);
  });

  test("text without a dollar sign stays as it is", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const plain = text.replaceAll("$", "");
        expect(substitute(plain, {})).toBe(plain);
      }),
    );
  });

  test("escaped text comes out as it was", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("$", "{", "}", "A", " ", "=", ":", "\n") }), (text) => {
        expect(substitute(text.replaceAll("$", "$$$$"), {})).toBe(text);
      }),
    );
  });

  test("any text gives a string or a ProblemError, and ends", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("$", "{", "}", "A", " ", "=", ":", "-", "\n") }), (text) => {
        try {
          expect(typeof substitute(text, { A: "x" })).toBe("string");
        } catch (error) {
          expect((error as Error).name).toBe("ProblemError");
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("variablesOf", () => {
  test("gives names and defaults, sorted, those in defaults included", () => {
    expect(variablesOf("${B} ${A:=1} ${C:=${D:-x}} ${B:=2} ${E:=} $${F}")).toEqual([
      { name: "A", default: "1" },
      { name: "B", default: "2" },
      { name: "C", default: "${D:-x}" },
      { name: "D", default: "x" },
      { name: "E" },
    ]);
  });
});
