import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { overlaps } from "../../../../lib/network/cidr";
import { parseNetwork } from "../../../../lib/network/parse";
import { readSettings } from "../../../../lib/settings/settings";
import type { Settings } from "../../../../lib/settings/types";
import { pins } from "../../../../lib/versions/pins";
import { address } from "../../../helpers/addresses";
import { ipaddressOracle } from "../../../helpers/ipaddressOracle";
import { messageLike } from "../../../helpers/messageLike";

const read = (clusters: unknown, more: Record<string, unknown> = {}): Settings =>
  readSettings({ config: { clusters, ...more }, pins });

const problems = (clusters: unknown, more: Record<string, unknown> = {}): string[] => {
  try {
    read(clusters, more);
    return [];
  } catch (error) {
    return (error as Error).message.split("\n").slice(1);
  }
};

const dual = { name: "a", podCidr: "10.64.0.0/16,fd00:64::/56", serviceCidr: "10.128.0.0/12,fd00:128::/108" };
const six = { name: "b", podCidr: "fd00:64::/56", serviceCidr: "fd00:128::/108" };

describe("valid families", () => {
  test.each([
    ["dual stack", dual],
    [
      "dual stack with IPv6 first",
      { ...dual, podCidr: "fd00:64::/56,10.64.0.0/16", serviceCidr: "fd00:128::/108,10.128.0.0/12" },
    ],
    ["IPv6", six],
    ["the largest and smallest networks", { ...six, podCidr: "fd00:64::/48", serviceCidr: "fd00:128::/124" }],
    ["in memory", { ...dual, backend: "inMemory" }],
  ])("%s", (_, cluster) => {
    expect(problems([cluster])).toEqual([]);
  });

  test("also work in single-cluster settings", () => {
    const { podCidr, serviceCidr } = dual;
    const [cluster] = readSettings({ config: { podCidr, serviceCidr }, pins }).clusters;
    expect(cluster).toMatchObject({
      loadBalancerRange: { text: "172.18.255.248-172.18.255.254" },
      loadBalancerRangeIPv6: { first: address("fd00:172:18:0:ffff:ffff:ffff:ff00").value },
    });
  });
});

test.each<[string, object, string, Record<string, unknown>?]>([
  ["two of IPv4", { ...dual, podCidr: "10.64.0.0/16,10.65.0.0/16" }, "one of IPv4 and one of IPv6"],
  [
    "services of one family",
    { ...dual, serviceCidr: "10.128.0.0/12" },
    'serviceCidr: expected IPv4, then IPv6, as in podCidr…, got "10.128.0.0/12"',
  ],
  [
    "another primary family",
    { ...dual, serviceCidr: "fd00:128::/108,10.128.0.0/12" },
    "expected IPv4, then IPv6, as in podCidr",
  ],
  ["services of IPv4 beside pods of IPv6", { ...six, serviceCidr: "10.128.0.0/12" }, "expected IPv6, as in podCidr"],
  [
    "large services",
    { ...six, serviceCidr: "fd00:128::/107" },
    "prefix length from /108 to /124 (IPv6: the API server's limits), got …. Choose a network with such a prefix length, for example fd00:128::/108",
  ],
  ["large pods", { ...six, podCidr: "fd00::/47" }, "prefix length from /48 to /64 (IPv6: each node takes a /64"],
  ["small pods", { ...six, podCidr: "fd00::/65" }, "prefix length from /48 to /64"],
  ["a small IPv4 half", { ...dual, podCidr: "10.64.0.0/25,fd00:64::/56" }, "(IPv4: each node takes a /24 of it)"],
  [
    "too few /64",
    { ...six, podCidr: "fd00:64::/63", workerReplicas: 2 },
    "a network with a /64 for each of 3 nodes, got fd00:64::/63 with room for 2",
  ],
  [
    "services within the pods",
    { ...six, serviceCidr: "fd00:64::/108" },
    "expected a network that shares no address with podCidr",
  ],
  [
    "services within the pods' second network",
    { ...dual, serviceCidr: "10.128.0.0/12,fd00:64::/108" },
    "expected a network that shares no address with podCidr",
  ],
  [
    "pods on the Docker network",
    { ...six, podCidr: "fd00:172:18::/64", workerReplicas: 0, loadBalancer: "none" },
    "expected a network that shares no address with the Docker network's IPv6 subnet, fd00:172:18::/64",
  ],
  [
    "services on the stated subnet",
    { ...six, serviceCidr: "fd00:9::/108" },
    "IPv6 subnet, fd00:9::/64",
    { networkSubnetIPv6: "fd00:9::/64" },
  ],
  [
    "a subnet of IPv4",
    dual,
    'networkSubnetIPv6: expected an IPv6 network in CIDR notation, got "10.0.0.0/16"',
    { networkSubnetIPv6: "10.0.0.0/16" },
  ],
  ["a small subnet", dual, "prefix length from /48 to /96", { networkSubnetIPv6: "fd00::/112" }],
])("rejects %s", (_, cluster, message, more = {}) => {
  expect(problems([cluster], more)).toEqual([expect.stringMatching(messageLike(message))]);
});

describe("the Docker network", () => {
  test("has IPv6 if a cluster on it has IPv6, or if the settings state an IPv6 subnet", () => {
    expect(read([{ name: "a" }]).network).not.toHaveProperty("ipv6");
    expect(read([{ name: "a" }]).management).not.toHaveProperty("dualStack");
    expect(read([{ ...dual, backend: "inMemory" }]).network).not.toHaveProperty("ipv6");
    expect(read([{ name: "b" }, dual]).network.ipv6).toEqual({
      subnet: parseNetwork("fd00:172:18::/64"),
      gateway: address("fd00:172:18::1"),
    });
    expect(read([dual]).management.dualStack).toBe(true);
    const stated = read([{ name: "a" }], { networkSubnetIPv6: "fd00:9::/64" });
    expect(stated.network.ipv6).toEqual({ subnet: parseNetwork("fd00:9::/64"), gateway: address("fd00:9::1") });
    expect(stated.management.dualStack).toBe(true);
    expect(stated.clusters[0]).not.toHaveProperty("loadBalancerRangeIPv6");
  });
});

test("IPv6 ranges of clusters are disjoint, and do not move if a cluster is removed", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(4000), { minLength: 2, maxLength: 6 }), (slots) => {
      const clusters = slots.map((loadBalancerSlot, index) => ({ ...six, name: `c${index}`, loadBalancerSlot }));
      const ranges = (some: object[]): (string | undefined)[] =>
        read(some).clusters.map(({ loadBalancerRangeIPv6 }) => loadBalancerRangeIPv6?.text);
      const all = ranges(clusters);
      expect(new Set(all).size).toBe(slots.length);
      expect(ranges(clusters.slice(1))).toEqual(all.slice(1));
      const blocks = ipaddressOracle(all.map((text) => `${text!.split("-")[0]}/120`)).map(({ network }) =>
        parseNetwork(network),
      );
      for (const [index, block] of blocks.entries())
        for (const other of blocks.slice(index + 1)) expect(overlaps(block, other)).toBe(false);
    }),
    { numRuns: 20 },
  );
});

describe("cloud-provider-kind", () => {
  const chosen = { name: "a", loadBalancer: "cloud-provider-kind" };

  test("uses the pinned image", () => {
    expect(read([chosen]).cloudProviderKind?.image).toBe(
      `registry.k8s.io/cloud-provider-kind/cloud-controller-manager:v${pins.release.cloudProviderKind}`,
    );
    expect(read([{ name: "a" }])).not.toHaveProperty("cloudProviderKind");
  });

  test.each<[string, object[], string, Record<string, unknown>?]>([
    [
      "on the source route",
      [chosen],
      "expected metallb or none where pins is source, because cloud-provider-kind is",
      { pins: "source", imageSource: "local", capdImageSource: "local" },
    ],
    [
      "beside MetalLB",
      [chosen, { name: "b" }],
      'clusters[0].loadBalancer: expected the loadBalancer of all other clusters, …(b has metallb), got "cloud-provider-kind"',
    ],
  ])("is rejected %s", (_, clusters, message, more = {}) => {
    expect(problems(clusters, more)).toEqual([expect.stringMatching(messageLike(message))]);
  });

  test("is allowed beside clusters without a load balancer", () => {
    expect(problems([chosen, { name: "b", loadBalancer: "none" }])).toEqual([]);
  });
});

test("MetalLB's addresses of a cluster from a template have the families of its pods", () => {
  const cloud = { ...dual, template: "t.yaml", loadBalancer: "metallb" };
  const providers = [{ name: "aws", version: "v2.0.0", manifest: "aws.yaml" }];
  expect(problems([{ ...cloud, loadBalancerAddresses: "10.1.2.240/28" }], { providers })).toEqual([
    expect.stringContaining("expected a network of each family of podCidr, IPv4, then IPv6"),
  ]);
  const both = { ...cloud, loadBalancerAddresses: "10.1.2.240/28,fd00:9::f0/124" };
  expect(read([both], { providers }).clusters[0]).toMatchObject({
    loadBalancerRange: { text: "10.1.2.240-10.1.2.255" },
    loadBalancerRangeIPv6: { text: "fd00:9::f0-fd00:9::ff" },
  });
});
