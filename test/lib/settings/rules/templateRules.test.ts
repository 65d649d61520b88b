import { describe, expect, test } from "@jest/globals";
import { problemsOf, sentence } from "../../../../lib/base/problem";
import { readSettings } from "../../../../lib/settings/settings";
import { pins } from "../../../../lib/versions/pins";
import { addressRange } from "../../../helpers/addresses";

const provider = { name: "aws", version: "v2.13.0", manifest: "aws.yaml" };
const cloud = { name: "cloud", template: "cluster-template.yaml" };
const read = (cluster: object, more: object = {}) =>
  readSettings({ config: { providers: [provider], clusters: [cluster], ...more }, pins });
const messagesOf = (cluster: object, more: object = {}): string[] =>
  problemsOf(() => read(cluster, more)).map(sentence);

describe("providers of other types", () => {
  const of = (name: string, type: string) => ({ ...provider, name, type });
  const messages = (...providers: object[]): string[] => messagesOf({ name: "a" }, { providers });

  test("may have the name of a provider of another type", () => {
    expect(messages(of("a", "ipam"), of("a", "addon"), of("docker", "bootstrap"))).toEqual([]);
  });

  test.each([
    [of("kubeadm", "bootstrap"), "Slipway's own kubeadm bootstrap provider"],
    [of("kubeadm", "controlPlane"), "Slipway's own kubeadm control plane provider"],
    [of("docker", "infrastructure"), "Slipway's own Docker provider"],
  ])("are not %j", (installed, owner) => {
    expect(messages(installed)).toEqual([expect.stringContaining(`expected a name other than that of ${owner}`)]);
  });

  test("do not replace the infrastructure provider of a template", () => {
    expect(messagesOf(cloud, { providers: [of("a", "ipam")] })).toEqual([
      expect.stringMatching(/^providers: expected the infrastructure provider of cluster cloud.*got \["ipam a"\]/),
    ]);
  });

  test("need Cluster API's feature for a runtime extension", () => {
    const providers = [of("a", "runtimeExtension")];
    expect(messages(...providers)).toEqual([
      expect.stringMatching(/^featureGates\.EXP_RUNTIME_SDK: expected true where providers has a runtimeExtension/),
    ]);
    expect(messagesOf({ name: "a" }, { providers, featureGates: { EXP_RUNTIME_SDK: "true" } })).toEqual([]);
  });
});

describe("a cluster from a template", () => {
  test("has the backend template, and no load balancer by default", () => {
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
    ["the load balancer of the cloud", { loadBalancer: "external" }],
    ["MetalLB with addresses", { loadBalancer: "metallb", loadBalancerAddresses: "10.1.2.240/28" }],
    ["the Docker network's addresses for its pods", { podCidr: "172.18.0.0/16" }],
    ["no workers", { workerReplicas: 0 }],
  ])("may have %s", (_, fields) => {
    expect(messagesOf({ ...cloud, ...fields })).toEqual([]);
  });

  test("gives MetalLB the addresses of loadBalancerAddresses", () => {
    const fields = { loadBalancer: "metallb", loadBalancerAddresses: "10.1.2.240/28" };
    expect(read({ ...cloud, ...fields }).clusters[0]?.loadBalancerRange).toEqual(addressRange("10.1.2.240-10.1.2.255"));
  });

  test.each<[object, RegExp]>([
    [{ ...cloud, backend: "docker" }, /^clusters\[0\]\.backend: expected no value beside template.*, got "docker"\./],
    [{ ...cloud, workers: [{ name: "a" }] }, /^clusters\[0\]\.workers: expected no value beside template/],
    [{ ...cloud, loadBalancer: "cloud-provider-kind" }, /^clusters\[0\]\.loadBalancer: expected metallb, external or/],
    [{ ...cloud, loadBalancer: "metallb" }, /^clusters\[0\]\.loadBalancerAddresses: expected a network.*, got ""\./],
    [{ ...cloud, loadBalancerAddresses: "10.1.2.240/28" }, /loadBalancerAddresses: expected no value/],
    [
      { ...cloud, application: true },
      /^clusters\[0\]\.application: expected false where loadBalancer is none.*, got true\./,
    ],
    [
      { ...cloud, templateVariables: { NAMESPACE: "x" } },
      /^clusters\[0\]\.templateVariables\.NAMESPACE: expected no value, because .* namespace, got "x"\./,
    ],
    [
      { ...cloud, templateVariables: { lower: "x" } },
      /^clusters\[0\]\.templateVariables: expected a map of names \(A-Z, 0-9, _; first a letter\) to numbers/,
    ],
    [
      { name: "a", templateVariables: { A: "x" } },
      /^clusters\[0\]\.templateVariables: expected no value without a template/,
    ],
    [
      { name: "a", loadBalancer: "external" },
      /^clusters\[0\]\.loadBalancer: expected .*, because only a cluster from the template of another provider can use external, got "external"\./,
    ],
    [
      { name: "a", backend: "inMemory", loadBalancer: "external" },
      /^clusters\[0\]\.loadBalancer: expected no value where backend is inMemory.*, got "external"\. Remove it\.$/,
    ],
    [
      { name: "a", backend: "inMemory", application: true },
      /^clusters\[0\]\.application: expected false or no value where backend is inMemory.*, got true\. Remove it\.$/,
    ],
    [
      { name: "a", backend: "inMemory", loadBalancer: "x" },
      /^clusters\[0\]\.loadBalancer: expected no value where backend is inMemory.*, got "x"\. Remove it\.$/,
    ],
    [
      { ...cloud, loadBalancer: "cloud-provider-kin" },
      /^clusters\[0\]\.loadBalancer: expected one of metallb, none, external, got .*\. Choose one of these values/,
    ],
    [
      { name: "a", loadBalancer: "externa" },
      /^clusters\[0\]\.loadBalancer: expected one of metallb, none, cloud-provider-kind, got .*\. Choose one of these/,
    ],
    [
      { name: "a", backend: "dock", loadBalancer: "none" },
      /^clusters\[0\]\.backend: expected one of docker, inMemory, got "dock"\. Set it to docker/,
    ],
    [{ ...cloud, backend: "foo" }, /^clusters\[0\]\.backend: expected no value beside template.*, got "foo"\./],
    [
      { name: "a", healthCheck: { unhealthyNodeConditions: [{ status: false }] } },
      /\.status: expected one of Unknown, False, True, got false\. Set it to "False", /,
    ],
  ])("%j is refused", (cluster, expected) => {
    expect(messagesOf(cluster)).toEqual([expect.stringMatching(expected)]);
  });
});

describe("providers", () => {
  test.each<[object, RegExp]>([
    [{ providers: [] }, /^providers: expected the infrastructure provider of cluster cloud.*, got \[\]\./],
    [{ providers: [{ ...provider, version: "2" }] }, /^providers\[0\]\.version: expected a full version, got "2"\./],
    [{ providers: [{ ...provider, manifest: "" }] }, /^providers\[0\]\.manifest/],
    [{ providers: [{ ...provider, kind: "x" }] }, /^providers\[0\]\.kind: expected a known field\./],
    [{ providers: [provider, provider] }, /^providers\[1\]\.name: expected a name other than that of providers\[0\]/],
    [
      { providers: [{ ...provider, name: "docker" }] },
      /^providers\[0\]\.name: expected a name other .* Docker provider/,
    ],
    [{ providers: ["aws"] }, /^providers\[0\]: expected a map, got "aws"\./],
    [
      { managementKubeconfig: "their.yaml", installProviders: false },
      /^providers: expected no value where installProviders is false/,
    ],
  ])("%j is refused", (more, expected) => {
    expect(messagesOf(cloud, more)).toEqual([expect.stringMatching(expected)]);
  });

  test("may be empty if the existing management cluster has providers", () => {
    expect(messagesOf(cloud, { providers: [], managementKubeconfig: "their.yaml", installProviders: false })).toEqual(
      [],
    );
  });
});

describe("secrets of templates", () => {
  test.each([[{ lower: "s3cret" }], ["s3cret"], [{ A: ["s3cret"] }]])(
    "the error for %j does not contain the secret",
    (wrong) => {
      const [problem, ...more] = messagesOf(cloud, { templateSecrets: wrong });
      expect(more).toEqual([]);
      expect(problem).toMatch(/^templateSecrets: expected (?!.*s3cret)/);
    },
  );
});
