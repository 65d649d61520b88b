import { expect, test } from "@jest/globals";
import { versionsBetween } from "../../../../lib/cluster/class/classSpec";

const listed = ["v1.32.0", "v1.32.13", "v1.33.1", "v1.33.13", "v1.34.4", "v1.35.0"];

test.each([
  ["v1.32.0", "v1.34.4", ["v1.33.13"]],
  ["v1.32.0", "v1.35.0", ["v1.33.13", "v1.34.4"]],
  ["v1.33.1", "v1.34.4", []],
  ["v1.34.4", "v1.34.4", []],
  ["v1.35.0", "v1.32.0", []],
])("an upgrade from %s to %s passes through %j", (from, to, expected) => {
  expect(versionsBetween(listed, from, to)).toEqual(expected);
});
