import { describe, expect, test } from "@jest/globals";
import { sentence } from "../../../../lib/base/problem";
import { variableProblems } from "../../../../lib/cluster/class/variables";
import { classIn, quickStartClass } from "../../../helpers/quickStart";

const problems = (values: Record<string, unknown>, text = quickStartClass): string[] =>
  variableProblems(classIn(text).clusterClass, values, "east").map(sentence);

describe("variables of a cluster", () => {
  test("fit the schema of the class", () => {
    expect(problems({})).toEqual([]);
    expect(problems({ etcdImageTag: "3.6.0", podSecurityStandard: { enabled: false } })).toEqual([]);
  });

  test("with an unknown name get the nearest known one", () => {
    expect(problems({ podSecurityStandart: {} })).toEqual([
      "variables.podSecurityStandart of cluster east: expected a variable of the class quick-start, got an unknown name. " +
        "Did you mean podSecurityStandard? Rename it, or remove it.",
    ]);
    expect(problems({ zone: "a" })[0]).toContain("known variables: etcdImageTag, podSecurityStandard");
  });

  test("with a wrong type name the path and the rule", () => {
    expect(problems({ podSecurityStandard: { enabled: "yes", enforce: "baselin" } })).toEqual([
      "variables.podSecurityStandard.enabled of cluster east: expected true or false (schema of the class quick-start), got a string. " +
        "Write it as true or false, without quotes.",
      "variables.podSecurityStandard.enforce of cluster east: expected one of privileged, baseline, restricted " +
        '(schema of the class quick-start), got "baselin". Set it to baseline.',
    ]);
    expect(problems({ podSecurityStandard: { enable: true } })[0]).toContain("Did you mean enabled?");
  });

  test("that the class requires need a value where it has no default", () => {
    const required = quickStartClass.replace('{type: string, default: ""}', "{type: string}");
    expect(problems({}, required)).toEqual([
      "variables.etcdImageTag of cluster east: expected a value, because the class quick-start requires one and has no default, got nothing. " +
        "Set etcdImageTag in variables of the cluster.",
    ]);
    expect(problems({ etcdImageTag: "1" }, required)).toEqual([]);
  });

  test("may not be Slipway's own", () => {
    expect(problems({ slipwayNodeImages: {} })[0]).toContain("Slipway sets this variable itself");
  });
});
