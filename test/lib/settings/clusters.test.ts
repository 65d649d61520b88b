import { describe, expect, test } from "@jest/globals";
import { readSettings, SettingsError } from "../../../lib/settings/settings";
import type { Settings } from "../../../lib/settings/types";
import { pins } from "../../../lib/versions/pins";

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
  test("that is empty means the short form", () => {
    expect(read([])).toEqual(readSettings({ config: {}, pins }));
  });

  test("of a name alone has the short form's defaults, but for the block of addresses", () => {
    const [short] = readSettings({ config: { clusterName: "east" }, pins }).clusters;
    const [listed] = read([{ name: "east" }]).clusters;
    expect({ ...listed, loadBalancerRange: undefined }).toEqual({ ...short, loadBalancerRange: undefined });
    expect(read([{ name: "east", loadBalancerSlot: 0 }]).clusters).toEqual([short]);
  });

  test("on an adopted network the short form's block follows from the name too", () => {
    const config = { clusterName: "east", adoptNetwork: true };
    const [short] = readSettings({ config, pins }).clusters;
    expect(short).toEqual(read([{ name: "east" }]).clusters[0]);
    expect(
      readSettings({ config: { ...config, clusterName: "west" }, pins }).clusters[0]?.loadBalancerRange,
    ).not.toEqual(short?.loadBalancerRange);
  });

  test("is read as YAML gives it and as Pulumi passes it on", () => {
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

  test("of in-memory clusters needs nothing said about what they cannot have", () => {
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

  test("may share pod networks, and pretended ones may lie where they like", () => {
    expect(problemsOf([{ name: "a" }, { name: "b" }])).toEqual([]);
    expect(problemsOf([{ name: "a", backend: "inMemory", podCidr: "172.18.0.0/16" }])).toEqual([]);
  });
});

const a = { name: "a" };

test.each<[unknown, string, Record<string, unknown>?]>([
  ["x", 'clusters is "x", but must be a list'],
  [["a"], 'clusters[0] is "a", but must be a map'],
  [[{}], 'clusters[0].name is "", but must be 1 to 43'],
  [[a, { name: "B" }], 'clusters[1].name is "B", but must be 1 to 43'],
  [[a, { name: "b", podCdir: "x" }], 'clusters[1].podCdir is "x", but must be a known field. Did you mean podCidr?'],
  [[{ ...a, zzzzzzzzzz: 1 }], "clusters[0].zzzzzzzzzz is 1, but must be a known field. Remove it; known are name, "],
  [[{ ...a, podCidr: "10.0.0.1/8" }], 'clusters[0].podCidr is "10.0.0.1/8", but must be a network\'s own address'],
  [[{ ...a, controlPlaneReplicas: 2 }], "clusters[0].controlPlaneReplicas is 2, but must be 1, 3, 5 or 7"],
  [[{ ...a, cni: "a\nb" }], "clusters[0].cni is "],
  [
    [{ ...a, loadBalancer: "f5" }],
    'clusters[0].loadBalancer is "f5", but must be one of metallb, none, cloud-provider',
  ],
  [[{ ...a, backend: "vm" }], 'clusters[0].backend is "vm", but must be one of docker, inMemory'],
  [[{ ...a, manifests: ["x", "ftp://y"] }], 'clusters[0].manifests[1] is "ftp://y", but must be an http or https URL'],
  [[{ ...a, manifests: [5] }], "clusters[0].manifests[0] is 5, but must be text"],
  [[{ ...a, loadBalancerSlot: 4096 }], "clusters[0].loadBalancerSlot is 4096, but must be from 0 to 4095"],
  [[{ ...a, loadBalancerSlot: "x" }], 'clusters[0].loadBalancerSlot is "x", but must be a whole number'],
  [[{ ...a, workers: [{ name: "p" }], workerReplicas: 1 }], "clusters[0].workers must not stand beside workerReplicas"],
  [[{ ...a, workers: ["p"] }], 'clusters[0].workers[0] is "p", but must be a map'],
  [[{ ...a, workers: [{ name: "P" }] }], 'clusters[0].workers[0].name is "P", but must be 1 to 40'],
  [[{ ...a, workers: [{ name: "p", size: 1 }] }], "clusters[0].workers[0].size is 1, but must be a known field"],
  [[{ ...a, workers: [{ name: "cp" }] }], 'clusters[0].workers is "cp", but must have a name of its own among cp'],
  [[{ ...a, workers: [{ name: "p" }, { name: "p" }] }], 'clusters[0].workers is "p", but must have a name of its own'],
  [
    [{ ...a, workers: [{ name: "p", labels: { "a/b/c": "x" } }] }],
    'clusters[0].workers[0].labels is "a/b/c", but must',
  ],
  [[{ ...a, workers: [{ name: "p", labels: { b: true } }] }], "clusters[0].workers[0].labels is"],
  [
    [{ ...a, workers: [{ name: "p", taints: [{ key: "k", effect: "No" }] }] }],
    'clusters[0].workers[0].taints[0].effect is "No", but must be one of NoSchedule',
  ],
  [
    [{ name: "a".repeat(40), workers: [{ name: "b".repeat(20) }] }],
    'clusters[0].workers is "bbbbbbbbbbbbbbbbbbbb", but must be at most 10 characters',
  ],
  [[a, a], 'clusters[1].name is "a", but must differ from clusters[0].name, in whatever namespace'],
  [[{ name: "clusterapi" }], 'clusters[0].name is "clusterapi", but must differ from managementCluster'],
  [
    [
      { name: "a", workers: [{ name: "md-0" }] },
      { name: "a-md", workers: [{ name: "0" }] },
    ],
    'clusters[1].workers is "a-md-0", but must be a name of its own, and cluster a derives the same',
  ],
  [
    [
      { name: "a", loadBalancerSlot: 0 },
      { name: "b", loadBalancerSlot: 0 },
    ],
    "clusters[1].loadBalancerSlot is 0, but must be another block than that of a, which b would share",
  ],
  [
    [{ ...a, workerReplicas: 0 }],
    "clusters[0].workerReplicas is 0, but must be 1 or more where loadBalancer is metallb",
  ],
  [[{ ...a, workers: [] }], "clusters[0].workerReplicas is 0, but must be 1 or more where loadBalancer is metallb"],
  [
    [{ ...a, workerReplicas: 0, loadBalancer: "cloud-provider-kind" }],
    "clusters[0].workerReplicas is 0, but must be 1 or more where application is true, since control plane nodes run no",
    { pins: "release" },
  ],
  [
    [{ ...a, workers: [{ name: "gpu", taints: [{ key: "gpu", effect: "NoSchedule" }] }] }],
    'clusters[0].workers is ["gpu"], but must have a node without a taint NoSchedule or NoExecute',
  ],
  [[{ ...a, loadBalancer: "none", application: true }], "clusters[0].application is true, but must be false where"],
  [[{ ...a, cni: "none" }], 'clusters[0].loadBalancer is "metallb", but must be none where cni is none'],
  [[{ ...a, backend: "inMemory", cni: "calico" }], 'clusters[0].cni is "calico", but must be left out where backend'],
  [[{ ...a, backend: "inMemory", application: true }], "clusters[0].application is true, but must be left out where"],
  [[{ ...a, podCidr: "172.16.0.0/12" }], 'clusters[0].podCidr is "172.16.0.0/12", but must share no address with netw'],
  [[{ ...a, podCidr: "10.128.0.0/12" }], 'clusters[0].serviceCidr is "10.128.0.0/12", but must share no address with'],
  [[{ ...a, podCidr: "10.0.0.0/24" }], 'clusters[0].podCidr is "10.0.0.0/24", but must hold a /24 for each of 2 nodes'],
  [
    [{ ...a, kubernetesVersion: "v1.30.4" }],
    'clusters[0].kubernetesVersion is "v1.30.4", but must be from 1.31 to 1.37',
  ],
  [[{ ...a, kubernetesVersion: "v1.38.0" }], "clusters[0].kubernetesVersion is"],
  [
    [{ ...a, nodeImage: "kindest/node:v1.35.8" }],
    "must be an image of kubernetesVersion, v1.36.4, and its tag says 1.35.8",
  ],
  [
    [a],
    'managementNodeImage is "kindest/node:v1.32.1", but must be from 1.33',
    { managementNodeImage: "kindest/node:v1.32.1" },
  ],
  [[a], 'clusterName is "x", but must be left out where clusters lists the clusters', { clusterName: "x" }],
  [[a], "Move it into an entry of clusters as workerReplicas", { workerReplicas: "3" }],
  [
    [
      { ...a, workerReplicas: 3, loadBalancerSlot: 0 },
      { name: "b", loadBalancerSlot: 1 },
    ],
    'networkSubnet is "10.9.8.0/28", but must hold 6 nodes in its lower half, and has room for 3',
    { networkSubnet: "10.9.8.0/28", loadBalancerPrefix: 30 },
  ],
])("%j", (clusters, expected, more = {}) => {
  const problems = problemsOf(clusters, more);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(expected);
});

test("the short form's defaults, which Pulumi passes on too, may stand beside a list", () => {
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
