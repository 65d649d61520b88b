import { expect, test } from "@jest/globals";
import { settingHelp, settingNames } from "../../../lib/settings/settingHelp";

test("every setting and field has a type and a description", () => {
  const helps = settingNames().map((name) => settingHelp(name, "release"));
  expect(helps.filter((help) => help === undefined)).toEqual([]);
  expect(helps.filter((help) => help?.description === "")).toEqual([]);
});

test("every setting has a rule and an example, except a list of images that any text may name", () => {
  const without = settingNames().filter((name) => settingHelp(name, "release")?.rule === undefined);
  expect(without).toEqual(["extraImages"]);
});

test.each([
  ["networkSubnet", "string", /IPv4 network in CIDR notation/, /172\.18\.0\.0\/16/],
  ["workerReplicas", "integer", /from \d+ to \d+/, /./],
  ["clusters.controlPlaneReplicas", "integer", /1|odd/, /./],
  ["clusters.labels", "object", /a map/, /NAME: value/],
  ["imageSource", "string", /one of registry, local/, /./],
])("%s has type, rule and example", (name, type, rule, example) => {
  const help = settingHelp(name, "release");
  expect(help).toMatchObject({ key: name, type });
  expect(help?.rule).toMatch(rule);
  expect(help?.example).toMatch(example);
});

test("other names have no help", () => {
  expect(settingHelp("networkSubnets", "release")).toBeUndefined();
  expect(settingHelp("clusters.networkSubnet", "release")).toBeUndefined();
});
