import { expect, test } from "@jest/globals";
import { sentence } from "../../../lib/base/problem";
import type { KubernetesObject } from "../../../lib/kubernetes/object";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";
import { serviceProblems } from "../../../preflight/manifests/services";
import { inputs } from "../../helpers/fixtures";

const services = (count: number, spec: object = {}): KubernetesObject[] =>
  Array.from({ length: count }, (_, index) => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: `s${index}` },
    spec,
  }));

const judge = (
  fields: Record<string, unknown>,
  objects: KubernetesObject[],
  more: Record<string, unknown> = {},
): string[] => {
  const settings = readSettings({
    config: { ...more, clusters: [{ name: "a", manifests: ["m.yaml"], ...fields }] },
    pins,
  });
  const extra = { "m.yaml": { name: "m", crds: [], objects } };
  return serviceProblems(settings.clusters, { ...inputs(settings).manifests, extra }).map(sentence);
};

test("a services' network must hold what the cluster begins with", () => {
  // kubernetes, DNS and the application, of 14 addresses.
  expect(judge({ serviceCidr: "10.128.0.0/28" }, services(11))).toEqual([]);
  expect(judge({ serviceCidr: "10.128.0.0/28" }, services(12))).toEqual([
    "serviceCidr of cluster a: expected room for the 15 services that the cluster starts with, got 10.128.0.0/28 with room for 14. Set serviceCidr to a network of at least 17 addresses.",
  ]);
});

test.each([{ clusterIP: "None" }, { type: "ExternalName" }])("a service of %j takes no address", (spec) => {
  expect(judge({ serviceCidr: "10.128.0.0/28" }, services(30, spec))).toEqual([]);
});

test("a load balancer's range must hold what wants one", () => {
  const balanced = (count: number): string[] =>
    judge({ loadBalancerSlot: 1 }, services(count, { type: "LoadBalancer" }));
  expect(balanced(7)).toEqual([]);
  expect(balanced(8)).toEqual([
    expect.stringMatching(
      /^loadBalancerPrefix: expected an address for each of 9 services .*, got 8 addresses \(172\.18\.255\.240-172\.18\.255\.247\)\. Set it/,
    ),
  ]);
});

test("without a range of our own nothing is counted", () => {
  expect(judge({ loadBalancer: "none", application: false }, services(20, { type: "LoadBalancer" }))).toEqual([]);
});
