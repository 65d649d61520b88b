import { expect, test } from "@jest/globals";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";
import type { HostFacts } from "../../../preflight/host/facts";
import { judgeForStack } from "../../../preflight/host/inspect";
import { demandsOf } from "../../../preflight/host/requirements";
import { healthyHost } from "../../helpers/host";

const owner = "slipway/dev";
const judge = (facts: Partial<HostFacts>, config: Record<string, unknown> = {}, known: string[] = []) =>
  judgeForStack({ ...healthyHost, ...facts }, readSettings({ config, pins }), owner, known);
const docker = (changes: Partial<HostFacts["docker"]>): Partial<HostFacts> => ({
  docker: { ...healthyHost.docker, ...changes },
});

const ours = [{ name: "capd-lb", cluster: "capd" }];
const high = { controlPlaneReplicas: 3, workerReplicas: 6 };

test("a healthy host has nothing to say", () =>
  expect(judge({})).toEqual({ answers: true, problems: [], warnings: [] }));

test.each<[string, Partial<HostFacts>, RegExp, Record<string, unknown>?, string[]?]>([
  ["Docker that does not answer", docker({ server: undefined, error: "no daemon" }), /^docker: no answer: no daemon/],
  ["the same on the source route", docker({ server: undefined }), /^docker: no answer/, { pins: "source" }],
  ["Docker that is too old", docker({ server: "19.03.1" }), /^docker: 19\.03\.1 is older than 20\.10\.0; install/],
  ["no socket", docker({ socket: false }), /^docker\.sock: \/var\/run\/docker\.sock is not there; let Docker listen/],
  [
    "a context with another server than the socket's",
    docker({ id: "A", socketId: "B", endpoint: "context desktop-linux" }),
    /^docker\.sock: the docker command \(context desktop-linux\) uses another .*; docker context use default, or export/,
  ],
  [
    "a socket without a server beside a context that answers",
    docker({ id: "A", socketError: "Cannot connect", endpoint: "context rootless" }),
    /^docker\.sock: the docker command \(context rootless\) answers, and .* does not: Cannot connect; docker context use/,
  ],
  [
    "the containerd image store before Docker 28",
    docker({ server: "27.5.1", clientVersion: "27.5.1", hasContainerdStore: true }),
    /^image store: .* with server 27\.5\.1 and command 27\.5\.1 cannot export .*; install Docker 28 or later, or set/,
  ],
  [
    "the containerd image store with an older docker command",
    docker({ server: "28.0.0", clientVersion: "26.1.5+dfsg1", hasContainerdStore: true }),
    /^image store: .* with command 26\.1\.5/,
  ],
  [
    "Docker Desktop on Linux or WSL 2",
    docker({ os: "linux/Docker Desktop" }),
    /^container addresses: Docker Desktop runs containers in another .*; install Docker Engine/,
  ],
  [
    "cgroup v1 with 1.36",
    docker({ cgroup: "1" }),
    /^cgroup: version 1, for Kubernetes 1\.36\.4: 1\.35 and later refuse/,
  ],
  [
    "cgroup v1 with 1.36 in one cluster only",
    docker({ cgroup: "1" }),
    /^cgroup: .*1\.34\.4, 1\.36\.0/,
    { pins: "source", clusters: [{ name: "a" }, { name: "b", kubernetesVersion: "v1.36.0" }] },
  ],
  [
    "memory below what the nodes need",
    { memoryBytes: 8e9 },
    /^memory: 8\.0 GB.*too little .* 9 nodes; have 21\.5/,
    high,
  ],
  ["disk below what the nodes need", { freeBytes: 7e9, memoryBytes: 64e9 }, /^disk: 7\.0 GB free; have 15\.0 GB/, high],
  [
    "a route in the way",
    { routes: [{ network: "172.16.0.0/12", device: "tun0" }] },
    /^routes: 172\.16\.0\.0\/12 on tun0/,
  ],
  ["a leftover of our cluster's name", { containers: ours }, /^leftovers: .*which it did not make: capd-lb; rename/],
  [
    "a kind cluster of the management cluster's name, on another stack's network",
    { containers: [{ name: "clusterapi-control-plane", cluster: "clusterapi" }], kindOwner: "slipway/other" },
    /^leftovers: .*clusterapi-control-plane/,
  ],
  [
    "a cluster of our name on another stack's network that is adopted",
    { containers: ours, kindOwner: "slipway/other" },
    /^leftovers: .*capd-lb; rename the clusters/,
    { adoptNetwork: true },
  ],
])("%s stops an up", (_, facts, expected, config = {}, known = []) => {
  const { problems, warnings } = judge(facts, config, known);
  expect(problems).toEqual([expect.stringMatching(expected)]);
  expect(warnings).toEqual([]);
});

test.each<[string, Partial<HostFacts>, RegExp, Record<string, unknown>?]>([
  ["few inotify watches", { inotify: { watches: 8192, instances: 128 } }, /^inotify: 8192 watches, 128 instances; low/],
  ["tight memory", { memoryBytes: 6e9 }, /^memory: 6\.0 GB, 4 cores: tight; have 7\.5 GB/],
  [
    "a LAN within the pods' network",
    { routes: [{ network: "192.168.1.0/24", device: "wlan0" }] },
    /^cluster networks: 192\.168\.0\.0\/16 hides 192\.168\.1\.0\/24 on wlan0; if pods/,
  ],
  [
    "a socket that is closed to the user",
    docker({ id: "A", socketError: "permission denied while connecting", endpoint: "DOCKER_HOST=tcp://a:1" }),
    /^docker\.sock: the docker command \(DOCKER_HOST=tcp:\/\/a:1\) answers, and .*permission denied/,
  ],
  ["little disk", { freeBytes: 7e9 }, /^disk: /],
  [
    "macOS",
    { platform: "darwin" },
    /^container addresses: .* cannot be reached on darwin, where no release was tested/,
  ],
  [
    "too little memory for what runs already",
    { memoryBytes: 3e9, containers: ours, kindOwner: owner },
    /^memory: .*little/,
  ],
  [
    "a cluster of our name on an adopted network",
    { containers: ours },
    /^leftovers: .*capd-lb/,
    { adoptNetwork: true },
  ],
])("%s is a warning", (_, facts, expected, config = {}) => {
  const { problems, warnings } = judge(facts, config);
  expect(problems).toEqual([]);
  expect(warnings).toEqual([expect.stringMatching(expected)]);
});

test.each<[string, Partial<HostFacts>, Record<string, unknown>?, string[]?]>([
  ["cgroup v1 with 1.34", docker({ cgroup: "1" }), { pins: "source" }],
  ["what this stack runs", { containers: ours, kindOwner: owner }],
  ["what this checkout runs on an adopted network", { containers: ours }, { adoptNetwork: true }, ["capd"]],
  [
    "what this checkout runs on another stack's network",
    { containers: ours, kindOwner: "slipway/other" },
    { adoptNetwork: true },
    ["capd"],
  ],
  ["somebody else's kind cluster", { containers: [{ name: "x-control-plane", cluster: "x" }] }],
  [
    "Docker Desktop for clusters without containers",
    docker({ os: "linux/Docker Desktop" }),
    { clusters: [{ name: "a", backend: "inMemory" }] },
  ],
  ["one server behind the command and the socket", docker({ id: "A", socketId: "A" })],
  ["a server without an id", docker({ socketId: "A" })],
  ["the classic image store before Docker 28", docker({ server: "27.5.1", hasContainerdStore: false })],
  ["the containerd image store of Docker 28", docker({ clientVersion: "28.0.0", hasContainerdStore: true })],
  [
    "the containerd image store where no image is loaded",
    docker({ server: "27.5.1", hasContainerdStore: true }),
    { managementKubeconfig: "/kubeconfig", clusters: [{ name: "a" }] },
  ],
  ["our own network's route", { routes: [{ network: "172.18.0.0/16", device: "br-1" }], kindDevices: ["br-1"] }],
  [
    "a container named as a pretended cluster",
    { containers: [{ name: "a-lb", cluster: "a" }] },
    { clusters: [{ name: "a", backend: "inMemory" }] },
  ],
])("%s is no problem", (_, facts, config = {}, known = []) =>
  expect(judge(facts, config, known)).toEqual({ answers: true, problems: [], warnings: [] }),
);

test("a Docker that does not answer is told from one that is too old", () => {
  expect(judge(docker({ server: undefined, error: "no daemon" })).answers).toBe(false);
  expect(judge(docker({ server: "19.03.1" })).answers).toBe(true);
});

test("everything that is wrong is said at once", () => {
  const { problems } = judge({
    ...docker({ server: "19.0.0", cgroup: "1", socket: false }),
    memoryBytes: 1e9,
    freeBytes: 1e9,
  });
  expect(problems.map((problem) => problem.split(":")[0])).toEqual([
    "docker",
    "docker.sock",
    "cgroup",
    "memory",
    "disk",
  ]);
});

test("demands count what is real and what is pretended", () => {
  const clusters = [
    { name: "a", workers: [{ name: "p", replicas: 2 }, { name: "q" }] },
    { name: "b", backend: "inMemory" },
  ];
  expect(demandsOf(readSettings({ config: { clusters, networkSubnet: "172.20.0.0/16" }, pins }))).toEqual({
    subnet: "172.20.0.0/16",
    clusterNetworks: ["192.168.0.0/16", "10.128.0.0/12"],
    wantedClusters: ["clusterapi", "a"],
    kubernetes: ["1.36.4"],
    nodes: 4,
    pretendedNodes: 2,
    loadsImages: true,
  });
});
