import { expect, test } from "@jest/globals";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";
import { unsupported, unsupportedByKind } from "../../../lib/versions/supportMatrix";

test.each([
  ["0.31.0", "v1.36.1", /^a version before 1\.36, because 1\.36 requires kind 0\.32\.0 \(pinned: 0\.31\.0\)$/],
  ["0.32.0", "v1.37.0", /^a version before 1\.37, because 1\.37 requires kind 0\.33\.0/],
])("kind %s cannot start a node of %s", (kind, version, expected) => {
  expect(unsupportedByKind(kind, version)).toMatch(expected);
});

test.each([
  ["0.31.0", "v1.35.5"],
  ["0.32.0", "v1.36.1"],
  ["0.33.0", "v1.37.0"],
  ["0.31.0", "own-build"],
])("kind %s with %s is no problem", (kind, version) => {
  expect(unsupportedByKind(kind, version)).toBeUndefined();
});

test("the management cluster's node image is judged by the pinned kind", () => {
  const older = { ...pins, release: { ...pins.release, kind: "0.31.0" } };
  expect(() => readSettings({ config: { managementNodeImage: "kindest/node:v1.36.4" }, pins: older })).toThrow(
    /managementNodeImage: expected a version before 1\.36.*, got "kindest\/node:v1\.36\.4"\. Choose a node image/,
  );
});

test.each(["1.36.1", "1.35.5", "1.34.8", "1.33.12"])(
  "an upgrade to %s hangs with Cluster API before 1.13.2",
  (version) => {
    expect(unsupported("1.13.1", "workload", version)).toBe(
      `a version other than ${version}, because an upgrade to it hangs before Cluster API 1.13.2 (pinned: 1.13.1)`,
    );
    expect(unsupported("1.13.2", "workload", version)).toBeUndefined();
  },
);
