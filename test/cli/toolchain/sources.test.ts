import { expect, test } from "@jest/globals";
import { sourceLines } from "../../../cli/actions/sources";
import { toolSources } from "../../../cli/toolchain/sources";
import { pins } from "../../../lib/versions/pins";

test("the tools of the release route are the files and the checksums of the releases", async () => {
  const locations = (await toolSources("release")).map(({ location }) => location);
  const pulumi = `https://github.com/pulumi/pulumi/releases/download/v${pins.pulumi.cli}`;
  expect(locations).toContain(`${pulumi}/SHA512SUMS`);
  expect(locations.filter((location) => location.startsWith(`${pulumi}/pulumi-v`))).toHaveLength(1);
  expect(locations.every((location) => /^https:\/\/(github\.com|dl\.k8s\.io)\//.test(location))).toBe(true);
});

test("the tools of the source route are modules of Go's proxy, whose protocol escapes upper-case letters", async () => {
  const locations = (await toolSources("source", "https://goproxy.example/")).map(({ location }) => location);
  const { clusterApi } = pins.source;
  expect(locations).toContain(`https://goproxy.example/sigs.k8s.io/cluster-api/@v/v${clusterApi}.zip`);
  expect(locations.filter((location) => location.startsWith("https://goproxy.example/")).join()).not.toMatch(/[A-Z]/);
});

test("a line has the state, the location and the parts that need the source", () => {
  const source = { type: "image", location: "nginx:1", neededFor: ["application of cluster a", "b"] } as const;
  expect(
    sourceLines([source, { ...source, state: "missing" }, { ...source, state: "unknown", reason: "HTTP 503" }]),
  ).toEqual([
    "nginx:1  (application of cluster a, b)",
    "missing  nginx:1  (application of cluster a, b)",
    "unknown (HTTP 503)  nginx:1  (application of cluster a, b)",
  ]);
});
