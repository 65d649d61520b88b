import { describe, expect, test } from "@jest/globals";
import { problemsOf, sentence } from "../../../../lib/base/problem";
import { readSettings } from "../../../../lib/settings/settings";
import { pins } from "../../../../lib/versions/pins";

const provider = { name: "aws", version: "v2.13.0", manifest: "aws.yaml" };
const cloud = { name: "cloud", template: "cluster-template.yaml" };
const read = (cluster: object, more: object = {}) =>
  readSettings({ config: { providers: [provider], clusters: [cluster], ...more }, pins });
const said = (cluster: object, more: object = {}): string[] => problemsOf(() => read(cluster, more)).map(sentence);

describe("a cluster from a template", () => {
  test("is a backend of its own, without a load balancer unless one is named", () => {
    const [cluster] = read({ ...cloud, templateVariables: { AWS_REGION: "eu", COUNT: 3 } }).clusters;
    expect(cluster).toMatchObject({
      backend: "template",
      template: { location: "cluster-template.yaml", variables: { AWS_REGION: "eu", COUNT: "3" } },
      cni: "calico",
      loadBalancer: "none",
      application: false,
      workerPools: [{ name: "md-0", replicas: 1 }],
    });
    expect(cluster).not.toHaveProperty("loadBalancerRange");
  });

  test.each([
    ["the cloud's own load balancer", { loadBalancer: "external" }],
    ["MetalLB with addresses", { loadBalancer: "metallb", loadBalancerAddresses: "10.1.2.240/28" }],
    ["the Docker network's addresses for its pods", { podCidr: "172.18.0.0/16" }],
    ["no workers", { workerReplicas: 0 }],
  ])("may have %s", (_, fields) => {
    expect(said({ ...cloud, ...fields })).toEqual([]);
  });

  test("gives MetalLB the addresses that are named", () => {
    const fields = { loadBalancer: "metallb", loadBalancerAddresses: "10.1.2.240/28" };
    expect(read({ ...cloud, ...fields }).clusters[0]?.loadBalancerRange).toEqual({
      first: "10.1.2.240",
      last: "10.1.2.255",
      size: 16,
      text: "10.1.2.240-10.1.2.255",
    });
  });

  test.each<[object, RegExp]>([
    [{ ...cloud, backend: "docker" }, /^clusters\[0\]\.backend is "docker", but must not stand beside template/],
    [{ ...cloud, workers: [{ name: "a" }] }, /^clusters\[0\]\.workers is .* must be left out where a template/],
    [
      { ...cloud, loadBalancer: "cloud-provider-kind" },
      /^clusters\[0\]\.loadBalancer is .* must be metallb, external or/,
    ],
    [{ ...cloud, loadBalancer: "metallb" }, /^clusters\[0\]\.loadBalancerAddresses is "", but must be a network/],
    [{ ...cloud, loadBalancerAddresses: "10.1.2.240/28" }, /loadBalancerAddresses is .* must be left out/],
    [
      { ...cloud, application: true },
      /^clusters\[0\]\.application is true, but must be false where loadBalancer is none/,
    ],
    [
      { ...cloud, templateVariables: { NAMESPACE: "x" } },
      /^clusters\[0\]\.templateVariables\.NAMESPACE is "x", but must be left to namespace/,
    ],
    [{ ...cloud, templateVariables: { lower: "x" } }, /^clusters\[0\]\.templateVariables is .* names in capitals/],
    [{ name: "a", templateVariables: { A: "x" } }, /^clusters\[0\]\.templateVariables is .* without a template/],
    [{ name: "a", loadBalancer: "external" }, /^clusters\[0\]\.loadBalancer is "external", but must be external only/],
  ])("%j is refused", (cluster, expected) => {
    expect(said(cluster)).toEqual([expect.stringMatching(expected)]);
  });
});

describe("providers", () => {
  test.each<[object, RegExp]>([
    [{ providers: [] }, /^providers is \[\], but must name the provider of cluster cloud/],
    [{ providers: [{ ...provider, version: "2" }] }, /^providers\[0\]\.version is "2", but must be a full version/],
    [{ providers: [{ ...provider, manifest: "" }] }, /^providers\[0\]\.manifest/],
    [{ providers: [{ ...provider, kind: "x" }] }, /^providers\[0\]\.kind is "x", but must be a known field/],
    [{ providers: ["aws"] }, /^providers\[0\] is "aws", but must be a map/],
    [
      { managementKubeconfig: "their.yaml", installProviders: false },
      /^providers is .* must be left out where installProviders is false/,
    ],
  ])("%j is refused", (more, expected) => {
    expect(said(cloud, more)).toEqual([expect.stringMatching(expected)]);
  });

  test("may be none where the management cluster has its own", () => {
    expect(said(cloud, { providers: [], managementKubeconfig: "their.yaml", installProviders: false })).toEqual([]);
  });
});

describe("secrets of templates", () => {
  test.each([[{ lower: "s3cret" }], ["s3cret"], [{ A: ["s3cret"] }]])("%j is refused without a word of it", (wrong) => {
    const [problem, ...more] = said(cloud, { templateSecrets: wrong });
    expect(more).toEqual([]);
    expect(problem).toMatch(/^templateSecrets must (?!.*s3cret)/);
  });
});
