// Facts of a made-up run, in any size, for tests of reports.
import type { ApiObject } from "../../lib/diagnosis/facts";
import type { RunFacts, StackFacts } from "../../lib/report/build";
import type { StatedResource, TimedEvent } from "../../lib/report/resources";

/** Time of the start of the run. */
export const begin = Date.parse("2026-11-30T18:00:00.000Z");

const urnOf = (types: string, name: string): string => `urn:pulumi:dev::slipway::${types}::${name}`;

const stack = urnOf("pulumi:pulumi:Stack", "slipway-dev");
export const networkUrn = urnOf("slipway:index:DockerNetwork$docker:index/network:Network", "network");
export const kindUrn = urnOf("slipway:index:ManagementCluster$kind:index:KindCluster", "management-kind");
const component = (name: string): string => urnOf("slipway:index:WorkloadCluster", name);
export const clusterUrn = (name: string): string =>
  urnOf("slipway:index:WorkloadCluster$kubernetes:cluster.x-k8s.io/v1beta2:Cluster", `${name}/Cluster/default/${name}`);
export const stepUrn = (name: string): string =>
  urnOf("slipway:index:WorkloadCluster$command:local:Command", `${name}-nodes`);

const at = (seconds: number): string => new Date(begin + seconds * 1000).toISOString().replace(".000", "");

const condition = (type: string, seconds: number, status = "True", message = ""): object => ({
  ...{ type, status, lastTransitionTime: at(seconds), reason: status === "True" ? type : `Not${type}` },
  message,
});

/** Objects of Cluster API of one cluster, with a control plane and two workers. */
export const clusterObjects = (name: string, isReady = true): ApiObject[] => {
  const labels = { "cluster.x-k8s.io/cluster-name": name };
  const object = (
    kind: string,
    objectName: string,
    owner: [string, string] | undefined,
    conditions: object[],
  ): ApiObject => ({
    apiVersion: "cluster.x-k8s.io/v1beta2",
    kind,
    metadata: {
      ...{ name: objectName, namespace: "default", labels, creationTimestamp: at(20) },
      ...(owner ? { ownerReferences: [{ kind: owner[0], name: owner[1], apiVersion: "v1" }] } : {}),
    },
    spec: {},
    status: { conditions },
  });
  const usual = (seconds: number): object[] => [
    ...[condition("Ready", seconds), condition("UpToDate", seconds), condition("Available", seconds)],
    ...[condition("Paused", 21, "False"), condition("Deleting", 21, "False"), condition("RollingOut", 21, "False")],
  ];
  const worker = (index: number): ApiObject[] => [
    object(
      "Machine",
      `${name}-md-${index}`,
      ["MachineSet", `${name}-md`],
      [...(isReady ? usual(60 + index) : [condition("Ready", 60, "False", "waiting for a node")])],
    ),
    object("DevMachine", `${name}-md-${index}`, ["Machine", `${name}-md-${index}`], usual(58)),
    object("KubeadmConfig", `${name}-md-${index}`, ["Machine", `${name}-md-${index}`], usual(50)),
  ];
  return [
    object("Cluster", name, undefined, usual(70)),
    object("DevCluster", name, ["Cluster", name], usual(30)),
    object("KubeadmControlPlane", `${name}-cp`, ["Cluster", name], usual(45)),
    object("Machine", `${name}-cp-1`, ["KubeadmControlPlane", `${name}-cp`], usual(45)),
    object("MachineDeployment", `${name}-md`, ["Cluster", name], usual(62)),
    object("MachineSet", `${name}-md`, ["MachineDeployment", `${name}-md`], usual(62)),
    object("DevMachineTemplate", `${name}-template`, ["Cluster", name], []),
    ...worker(1),
    ...worker(2),
  ];
};

interface Timed {
  resource: StatedResource;
  start: number;
  end: number;
}

const namesOf = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `cluster-${String(index + 1).padStart(2, "0")}`);

/** Resources of a stack with their times in seconds. Each cluster has `perCluster` objects besides its Cluster and step. */
const timedResources = (count: number, perCluster: number): Timed[] => [
  { resource: { urn: stack }, start: 0, end: 0 },
  { resource: { urn: networkUrn, parent: stack }, start: 1, end: 2 },
  { resource: { urn: kindUrn, parent: stack, dependencies: [networkUrn] }, start: 2, end: 20 },
  ...namesOf(count).flatMap((name): Timed[] => [
    { resource: { urn: component(name), parent: stack }, start: 0, end: 0 },
    { resource: { urn: clusterUrn(name), parent: component(name), dependencies: [kindUrn] }, start: 20, end: 22 },
    ...Array.from({ length: perCluster }, (_, index): Timed => {
      const types = "slipway:index:Cni$kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding";
      const urn = urnOf(types, `${name}/ClusterRoleBinding/calico-node-with-a-long-name-${index}`);
      return { resource: { urn, deletedWith: clusterUrn(name), dependencies: [stepUrn(name)] }, start: 60, end: 60.4 };
    }),
    { resource: { urn: stepUrn(name), parent: component(name), dependencies: [clusterUrn(name)] }, start: 22, end: 60 },
  ]),
];

const eventsOf = (resources: readonly Timed[], op: string): TimedEvent[] =>
  resources
    .flatMap(({ resource: { urn }, start, end }): TimedEvent[] => [
      { at: begin + start * 1000, kind: "begins", urn, op },
      { at: begin + end * 1000, kind: "done", urn, op },
    ])
    .sort((left, right) => left.at - right.at);

/** Facts of a run of `up` that created a stack with `count` clusters. */
export const runFacts = (count = 1, perCluster = 2): RunFacts => {
  const resources = timedResources(count, perCluster);
  return {
    ...{ command: "up", stack: "dev", settingsChecksum: "0123456789abcdef", machine: "fedcba9876543210" },
    ...{ succeeded: true, interrupted: false, isWhole: true, startedAt: begin, endedAt: begin + 71_000 },
    events: eventsOf(resources, "create"),
    state: resources.map(({ resource }) => resource),
    ...{ warnings: [], failure: [], diagnosis: [] },
  };
};

const pod = (image: string): ApiObject => ({
  kind: "Pod",
  metadata: { name: "pod", namespace: "default" },
  status: { containerStatuses: [{ image, imageID: `registry/x@sha256:${"a".repeat(64)}` }] },
});

/** Nodes, a load balancer and a pod of a cluster. */
const contentsOf = (name: string, index: number): ApiObject[] => [
  {
    kind: "Node",
    metadata: { name: `${name}-cp-1` },
    status: {
      conditions: [{ type: "Ready", status: "True" }],
      nodeInfo: { kubeletVersion: "v1.34.4" },
      addresses: [{ type: "InternalIP", address: `172.18.0.${index + 3}` }],
    },
  },
  {
    kind: "Service",
    metadata: { name: "nginx", namespace: "default" },
    spec: { type: "LoadBalancer", ports: [{ port: 80, protocol: "TCP" }] },
    status: { loadBalancer: { ingress: [{ ip: `172.18.254.${index + 1}` }] } },
  },
  pod("docker.io/library/nginx:1.29"),
];

/** Facts of a stack with `count` clusters. */
export const stackFacts = (count = 1): StackFacts => ({
  clusters: [
    { name: "management", loadBalancerRanges: [], objects: [] },
    ...namesOf(count).map((name, index) => ({
      ...{ name, namespace: "default", objects: contentsOf(name, index) },
      loadBalancerRanges: [`172.18.254.${index + 1}-172.18.254.${index + 1}`],
    })),
  ],
  objects: namesOf(count).flatMap((name) => clusterObjects(name)),
  containers: [...namesOf(count), "management"].map((name, index) => ({
    ...{
      id: `${index}`,
      name: `${name}-cp-1`,
      running: true,
      networks: ["kind"],
      cluster: name,
      role: "control-plane",
    },
    ...{ owner: "", run: "", image: "kindest/node:v1.34.4", ports: {}, apiPorts: [], firstRun: true },
    ...{ addresses: [`172.18.0.${index + 3}`], publishedPorts: ["127.0.0.1:32773 → 6443/tcp"] },
  })),
  network: { name: "kind", subnets: ["172.18.0.0/16"], gateways: ["172.18.0.1"] },
  urls: namesOf(count).map((name, index) => ({ name, url: `http://172.18.254.${index + 1}` })),
  versions: [{ name: "Cluster API", version: "1.14.2" }],
  images: [{ image: "kindest/node:v1.34.4", digest: `sha256:${"b".repeat(64)}` }],
  missing: [],
});
