import { describe, expect, test } from "@jest/globals";
import { readSettings, SettingsError } from "../../../lib/settings/settings";
import type { Settings } from "../../../lib/settings/types";
import { pins } from "../../../lib/versions/pins";
import { messageLike } from "../../helpers/messageLike";

const read = (clusters: unknown, more: Record<string, unknown> = {}): Settings =>
  readSettings({ config: { clusters, ...more }, pins });

const problemsOf = (clusters: unknown, more: Record<string, unknown> = {}): string[] => {
  try {
    read(clusters, more);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as SettingsError).message.split("\n").slice(1);
  }
};

describe("a list of clusters", () => {
  test("that is empty means the single-cluster settings", () => {
    expect(read([])).toEqual(readSettings({ config: {}, pins }));
  });

  test("with only a name has the single-cluster defaults, except for the block of addresses", () => {
    const [single] = readSettings({ config: { clusterName: "east" }, pins }).clusters;
    const [listed] = read([{ name: "east" }]).clusters;
    expect({ ...listed, loadBalancerRange: undefined }).toEqual({ ...single, loadBalancerRange: undefined });
    expect(read([{ name: "east", loadBalancerSlot: 0 }]).clusters).toEqual([single]);
  });

  test("on an adopted network, the block of a single cluster depends on the name too", () => {
    const config = { clusterName: "east", adoptNetwork: true };
    const [single] = readSettings({ config, pins }).clusters;
    expect(single).toEqual(read([{ name: "east" }]).clusters[0]);
    expect(
      readSettings({ config: { ...config, clusterName: "west" }, pins }).clusters[0]?.loadBalancerRange,
    ).not.toEqual(single?.loadBalancerRange);
  });

  test("has the same meaning as YAML and as a string from Pulumi", () => {
    const list = [
      { name: "a", workerReplicas: 2 },
      { name: "b", application: false, manifests: ["x.yaml"] },
    ];
    expect(read(JSON.stringify(list))).toEqual(read(list));
    expect(read([{ name: "a", workerReplicas: "2", application: "false" }]).clusters[0]).toMatchObject({
      workerPools: [{ name: "md-0", replicas: 2 }],
      application: false,
    });
  });

  test("holds pools with labels and taints", () => {
    const taint = { key: "gpu", effect: "NoExecute" };
    const workers = [
      { name: "small" },
      { name: "large", replicas: "3", labels: { "example.org/size": "l" }, taints: [taint] },
    ];
    expect(read([{ name: "a", workers }]).clusters[0]?.workerPools).toEqual([
      { name: "small", replicas: 1 },
      { name: "large", replicas: 3, labels: { "example.org/size": "l" }, taints: [taint] },
    ]);
  });

  test("of in-memory clusters has no pod network and no load balancer by default", () => {
    const [cluster] = read([{ name: "a", backend: "inMemory" }]).clusters;
    expect(cluster).toMatchObject({ cni: "none", loadBalancer: "none", application: false, manifests: [] });
    expect(cluster?.loadBalancerRange).toBeUndefined();
  });

  test("without a load balancer has no application and no range", () => {
    const { clusters, application } = read([{ name: "a", loadBalancer: "none", workerReplicas: 0 }]);
    expect(clusters[0]).toMatchObject({ application: false, workerPools: [] });
    expect(clusters[0]?.loadBalancerRange).toBeUndefined();
    expect(application.enabled).toBe(false);
  });

  test("may share pod networks, and simulated clusters may use any network", () => {
    expect(problemsOf([{ name: "a" }, { name: "b" }])).toEqual([]);
    expect(problemsOf([{ name: "a", backend: "inMemory", podCidr: "172.18.0.0/16" }])).toEqual([]);
  });
});

const a = { name: "a" };

test.each<[unknown, string, Record<string, unknown>?]>([
  ["x", 'clusters: expected a list, got "x"'],
  [["a"], 'clusters[0]: expected a map, got "a"'],
  [[{}], 'clusters[0].name: expected 1 to 43 …, got ""'],
  [[a, { name: "B" }], 'clusters[1].name: expected 1 to 43 …, got "B"'],
  [[a, { name: "b", podCdir: "x" }], "clusters[1].podCdir: expected a known field. Did you mean podCidr?"],
  [[{ ...a, zzzzzzzzzz: 1 }], "clusters[0].zzzzzzzzzz: expected a known field. Remove it; known fields: name, "],
  [[{ ...a, podCidr: "10.0.0.1/8" }], 'clusters[0].podCidr: expected a network address, …, got "10.0.0.1/8"'],
  [[{ ...a, controlPlaneReplicas: 2 }], "clusters[0].controlPlaneReplicas: expected 1, 3, 5 or 7…, got 2"],
  [[{ ...a, cni: "a\nb" }], "clusters[0].cni: expected an http or https URL, or the path of a file, got "],
  [
    [{ ...a, loadBalancer: "f5" }],
    'clusters[0].loadBalancer: expected one of metallb, none, cloud-provider…, got "f5"',
  ],
  [[{ ...a, backend: "vm" }], 'clusters[0].backend: expected one of docker, inMemory, got "vm"'],
  [[{ ...a, manifests: ["x", "ftp://y"] }], 'clusters[0].manifests[1]: expected an http or https URL…, got "ftp://y"'],
  [[{ ...a, manifests: [5] }], "clusters[0].manifests[0]: expected a string, got 5"],
  [[{ ...a, loadBalancerSlot: 4096 }], "clusters[0].loadBalancerSlot: expected a number from 0 to 4095…, got 4096"],
  [[{ ...a, loadBalancerSlot: "x" }], 'clusters[0].loadBalancerSlot: expected an integer, got "x"'],
  [
    [{ ...a, workers: [{ name: "p" }], workerReplicas: 1 }],
    "clusters[0].workers: expected no value beside workerReplicas…. Remove one of the two.",
  ],
  [[{ ...a, workers: ["p"] }], 'clusters[0].workers[0]: expected a map, got "p"'],
  [[{ ...a, workers: [{ name: "P" }] }], 'clusters[0].workers[0].name: expected 1 to 40 …, got "P"'],
  [[{ ...a, workers: [{ name: "p", size: 1 }] }], "clusters[0].workers[0].size: expected a known field"],
  [
    [{ ...a, workers: [{ name: "cp" }] }],
    'clusters[0].workers: expected a name other than cp, control-plane, got "cp"',
  ],
  [
    [{ ...a, workers: [{ name: "p" }, { name: "p" }] }],
    'clusters[0].workers: expected a name other than cp, control-plane, p, got "p"',
  ],
  [
    [{ ...a, workers: [{ name: "p", labels: { "a/b/c": "x" } }] }],
    'clusters[0].workers[0].labels: expected a label\'s key…, got "a/b/c"',
  ],
  [
    [{ ...a, workers: [{ name: "p", labels: { b: true } }] }],
    "clusters[0].workers[0].labels: expected a string, got true",
  ],
  [
    [{ ...a, workers: [{ name: "p", taints: [{ key: "k", effect: "No" }] }] }],
    'clusters[0].workers[0].taints[0].effect: expected one of NoSchedule…, got "No"',
  ],
  [
    [{ name: "a".repeat(40), workers: [{ name: "b".repeat(20) }] }],
    'clusters[0].workers: expected a pool name of at most 10 characters…, got "bbbbbbbbbbbbbbbbbbbb"',
  ],
  [[a, a], 'clusters[1].name: expected a name other than clusters[0].name, in any namespace, got "a"'],
  [[{ name: "clusterapi" }], 'clusters[0].name: expected a name other than managementCluster…, got "clusterapi"'],
  [
    [
      { name: "a", workers: [{ name: "md-0" }] },
      { name: "a-md", workers: [{ name: "0" }] },
    ],
    'clusters[1].workers: expected a unique name for machines, because cluster a derives the same name, got "a-md-0"',
  ],
  [
    [
      { name: "a", loadBalancerSlot: 0 },
      { name: "b", loadBalancerSlot: 0 },
    ],
    "clusters[1].loadBalancerSlot: expected a free block for cluster b, because cluster a has block 0, got 0. Set loadBalancerSlot of b to 1",
  ],
  [
    [{ ...a, workerReplicas: 0 }],
    "clusters[0].workerReplicas: expected 1 or more where loadBalancer is metallb…, got 0",
  ],
  [[{ ...a, workers: [] }], "clusters[0].workerReplicas: expected 1 or more where loadBalancer is metallb…, got 0"],
  [
    [{ ...a, workerReplicas: 0, loadBalancer: "cloud-provider-kind" }],
    "clusters[0].workerReplicas: expected 1 or more where application is true, because control plane nodes run no…, got 0",
    { pins: "release" },
  ],
  [
    [{ ...a, workers: [{ name: "gpu", taints: [{ key: "gpu", effect: "NoSchedule" }] }] }],
    'clusters[0].workers: expected a pool without a taint NoSchedule or NoExecute…, got ["gpu"]',
  ],
  [[{ ...a, loadBalancer: "none", application: true }], "clusters[0].application: expected false where…, got true"],
  [[{ ...a, cni: "none" }], 'clusters[0].loadBalancer: expected none where cni is none…, got "metallb"'],
  [[{ ...a, backend: "inMemory", cni: "calico" }], 'clusters[0].cni: expected no value where backend…, got "calico"'],
  [
    [{ ...a, backend: "inMemory", application: true }],
    "clusters[0].application: expected false or no value where…, got true",
  ],
  [
    [{ ...a, podCidr: "172.16.0.0/12" }],
    'clusters[0].podCidr: expected a network that shares no address with netw…, got "172.16.0.0/12"',
  ],
  [
    [{ ...a, podCidr: "10.128.0.0/12" }],
    'clusters[0].serviceCidr: expected a network that shares no address with…, got "10.128.0.0/12"',
  ],
  [
    [{ ...a, podCidr: "10.0.0.0/24" }],
    "clusters[0].podCidr: expected a network with a /24 for each of 2 nodes, got 10.0.0.0/24 with room for 1",
  ],
  [
    [{ ...a, kubernetesVersion: "v1.30.4" }],
    'clusters[0].kubernetesVersion: expected a version from 1.31 to 1.37…, got "v1.30.4"',
  ],
  [
    [{ ...a, kubernetesVersion: "v1.38.0" }],
    "clusters[0].kubernetesVersion: expected a version from 1.31 to 1.37…, got ",
  ],
  [[{ ...a, nodeImage: "kindest/node:v1.35.8" }], "expected an image with a tag of kubernetesVersion, v1.36.4, got "],
  [
    [a],
    'managementNodeImage: expected a version from 1.33…, got "kindest/node:v1.32.1"',
    { managementNodeImage: "kindest/node:v1.32.1" },
  ],
  [[a], 'clusterName: expected no value where clusters lists the clusters, got "x"', { clusterName: "x" }],
  [[a], "Move it into an entry of clusters as workerReplicas", { workerReplicas: "3" }],
  [
    [
      { ...a, workerReplicas: 3, loadBalancerSlot: 0 },
      { name: "b", loadBalancerSlot: 1 },
    ],
    'networkSubnet: expected a subnet for 6 nodes in its lower half (this subnet has room for 3), got "10.9.8.0/28"',
    { networkSubnet: "10.9.8.0/28", loadBalancerPrefix: 30 },
  ],
])("%j", (clusters, expected, more = {}) => {
  const problems = problemsOf(clusters, more);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(messageLike(expected));
});

test("single-cluster defaults, which Pulumi also passes to a program, are allowed beside a list", () => {
  expect(
    problemsOf([a], { clusterName: "capd", workerReplicas: "1", kubernetesVersion: "", application: "true" }),
  ).toEqual([]);
});

test("all problems of all entries come in one error", () => {
  const clusters = [
    { name: "A" },
    { name: "b", podCidr: "x", extra: 1 },
    { name: "b", workers: [{ name: "p", replicas: -1 }] },
  ];
  expect(problemsOf(clusters, { networkSubnet: "y" })).toHaveLength(6);
});
