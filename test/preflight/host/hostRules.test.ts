import { describe, expect, test } from "@jest/globals";
import { parseNetwork } from "../../../lib/network/parse";
import type { NamedContainer } from "../../../lib/settings/containerNames";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";
import type { HostFacts } from "../../../preflight/host/facts";
import { checkHostForStack } from "../../../preflight/host/inspect";
import { requirementsOf } from "../../../preflight/host/requirements";
import { healthyHost } from "../../helpers/host";

const owner = "slipway/dev";
const check = (facts: Partial<HostFacts>, config: Record<string, unknown> = {}, known: string[] = []) =>
  checkHostForStack({ ...healthyHost, ...facts }, readSettings({ config, pins }), owner, known);
const docker = (changes: Partial<HostFacts["docker"]>): Partial<HostFacts> => ({
  docker: { ...healthyHost.docker, ...changes },
});

const capdContainers = [{ name: "capd-lb", cluster: "capd" }];
const high = { controlPlaneReplicas: 3, workerReplicas: 6 };

test("reports no problem of a healthy host", () =>
  expect(check({})).toEqual({ answers: true, problems: [], warnings: [] }));

test.each<[string, Partial<HostFacts>, RegExp, Record<string, unknown>?, string[]?]>([
  ["a Docker that does not answer", docker({ server: undefined, error: "no daemon" }), /^docker: no answer: no daemon/],
  [
    "a Docker that does not answer on the source route",
    docker({ server: undefined }),
    /^docker: no answer/,
    { pins: "source" },
  ],
  ["a Docker that is too old", docker({ server: "19.03.1" }), /^docker: 19\.03\.1 is older than 20\.10\.0; install/],
  [
    "a missing Docker socket",
    docker({ socket: false }),
    /^docker\.sock: \/var\/run\/docker\.sock does not exist; let Docker listen/,
  ],
  [
    "a context with another server than the socket's",
    docker({ id: "A", socketId: "B", endpoint: "context desktop-linux" }),
    /^docker\.sock: the docker command \(context desktop-linux\) uses another .*; run docker context use default, or export/,
  ],
  [
    "a socket without a server beside a context that answers",
    docker({ id: "A", socketError: "Cannot connect", endpoint: "context rootless" }),
    /^docker\.sock: the docker command \(context rootless\) answers, and .* does not: Cannot connect; run docker context use/,
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
    "cgroup v1 with Kubernetes 1.36",
    docker({ cgroup: "1" }),
    /^cgroup: version 1, for Kubernetes 1\.36\.4: Kubernetes 1\.35 and later do not/,
  ],
  [
    "cgroup v1 with Kubernetes 1.36 in one cluster only",
    docker({ cgroup: "1" }),
    /^cgroup: .*1\.34\.4, 1\.36\.0/,
    { pins: "source", clusters: [{ name: "a" }, { name: "b", kubernetesVersion: "v1.36.0" }] },
  ],
  [
    "too little memory for the nodes",
    { memoryBytes: 8e9 },
    /^memory: 8\.0 GB.*too little .* 9 nodes; provide 21\.5/,
    high,
  ],
  [
    "too little disk space for the nodes",
    { freeBytes: 7e9, memoryBytes: 64e9 },
    /^disk: 7\.0 GB free; free disk space until 15\.0 GB/,
    high,
  ],
  [
    "a route inside the subnet",
    { routes: [{ network: parseNetwork("172.18.64.0/20"), device: "tun0" }] },
    /^routes: 172\.18\.0\.0\/16 overlaps 172\.18\.64\.0\/20 on tun0; set networkSubnet in .* such as 10\.200\.0\.0\/16; or remove these routes/,
  ],
  [
    "a foreign cluster with a name from the settings",
    { containers: capdContainers },
    /^containers: .*did not create .*: capd-lb; rename/,
  ],
  [
    "a kind cluster with the management cluster's name on another stack's network",
    { containers: [{ name: "clusterapi-control-plane", cluster: "clusterapi" }], kindOwner: "slipway/other" },
    /^containers: .*clusterapi-control-plane/,
  ],
  [
    "a cluster with a name from the settings on an adopted network of another stack",
    { containers: capdContainers, kindOwner: "slipway/other" },
    /^containers: .*capd-lb; rename the clusters/,
    { adoptNetwork: true },
  ],
])("stops an up for %s", (_, facts, expected, config = {}, known = []) => {
  const { problems, warnings } = check(facts, config, known);
  expect(problems).toEqual([expect.stringMatching(expected)]);
  expect(warnings).toEqual([]);
});

const container = (name: string, more: Partial<NamedContainer> = {}): NamedContainer => ({
  ...{ name, cluster: "", owner: "", state: "exited" },
  ...more,
});

describe("a container without the stack's labels", () => {
  const namesOf = (containers: NamedContainer[], config = {}) => check({ allContainers: containers }, config).problems;

  test.each([
    ["capd-lb", "the load balancer of cluster capd"],
    ["clusterapi-control-plane", "the management cluster clusterapi"],
    ["capd-control-plane", "control plane nodes of cluster capd"],
    ["capd-control-plane-x7z2q", "control plane nodes of cluster capd"],
    ["capd-md-0-abcde-12345", "worker nodes of cluster capd"],
  ])("named %s stops an up, with its user and two ways out", (name, user) => {
    for (const state of ["exited", "running", "created", "paused"]) {
      const [problem, ...more] = namesOf([container(name, { state })]);
      expect(more).toEqual([]);
      expect(problem).toBe(
        `container names: containers that this stack did not create have names that it needs: ${name} (${state}; ${user}); ` +
          `rename them (docker rename ${name} ${name}.old), or rename the clusters in the settings; or, if nobody needs them: docker rm --force --volumes ${name}`,
      );
    }
    // The advice: another name, or no container.
    expect(namesOf([container(`${name}.old`)])).toEqual([]);
    expect(namesOf([])).toEqual([]);
  });

  test("with the label of another cluster is in the way too", () =>
    expect(namesOf([container("capd-lb", { cluster: "other" })])).toEqual([expect.stringMatching(/capd-lb \(exited/)]));

  test("of the stack itself is not in the way", () =>
    expect(
      namesOf([container("capd-lb", { cluster: "capd" }), container("capd-control-plane-x7z2q", { cluster: "capd" })]),
    ).toEqual([]));

  test.each([
    "capd-lb-2",
    "my-capd-lb",
    "capd",
    "capd-control-plane-longer",
    "capd-md-1-abcde-12345",
    "capd-control-plane-lb",
  ])("named %s is not in the way", (name) => expect(namesOf([container(name)])).toEqual([]));

  test("follows the settings: several clusters, pools, simulated clusters, cloud-provider-kind", () => {
    const clusters = [
      { name: "a", workers: [{ name: "gpu", replicas: 1 }], loadBalancer: "cloud-provider-kind" },
      { name: "b", backend: "inMemory" },
    ];
    const containers = ["a-lb", "a-gpu-abcde-12345", "a-md-0-abcde-12345", "b-lb", "cloud-provider-kind"].map((name) =>
      container(name),
    );
    const [problem = ""] = namesOf(containers, { clusters });
    expect(problem).toMatch(
      /needs: a-lb \(.*a-gpu-abcde-12345 \(.*cloud-provider-kind \(exited; cloud-provider-kind\); rename/,
    );
    expect(problem).not.toMatch(/b-lb|a-md-0/);
    expect(namesOf([container("cloud-provider-kind", { owner })], { clusters })).toEqual([]);
  });

  test("with kind's name is not in the way of an existing management cluster", () =>
    expect(
      namesOf([container("clusterapi-control-plane")], {
        managementKubeconfig: "/kubeconfig",
        clusters: [{ name: "a" }],
      }),
    ).toEqual([]));
});

test.each<[string, Partial<HostFacts>, RegExp, Record<string, unknown>?]>([
  [
    "too few inotify watches",
    { inotify: { watches: 8192, instances: 128 } },
    /^inotify: 8192 watches, 128 instances; too low/,
  ],
  ["less memory than recommended", { memoryBytes: 6e9 }, /^memory: 6\.0 GB, 4 cores: less .*; provide 7\.5 GB/],
  [
    "a route around the subnet",
    { routes: [{ network: parseNetwork("172.16.0.0/12"), device: "tun0" }] },
    /^routes: 172\.18\.0\.0\/16 is inside 172\.16\.0\.0\/12 on tun0: Docker's longer route wins/,
  ],
  ["a public subnet", {}, /^public networks: 203\.1\.0\.0\/16: a public network/, { networkSubnet: "203.1.0.0/16" }],
  ["a public pod network", {}, /^public networks: 25\.0\.0\.0\/16: .*set podCidr or/, { podCidr: "25.0.0.0/16" }],
  [
    "a LAN inside the pod network",
    { routes: [{ network: parseNetwork("192.168.1.0/24"), device: "wlan0" }] },
    /^cluster networks: 192\.168\.0\.0\/16 hides 192\.168\.1\.0\/24 on wlan0; if pods/,
  ],
  ["little disk space", { freeBytes: 7e9 }, /^disk: /],
  [
    "macOS",
    { platform: "darwin" },
    /^container addresses: .* cannot be reached on darwin, where no release was tested/,
  ],
  [
    "a socket that is closed to the user",
    docker({ id: "A", socketError: "permission denied while connecting", endpoint: "DOCKER_HOST=tcp://a:1" }),
    /^docker\.sock: the docker command \(DOCKER_HOST=tcp:\/\/a:1\) answers, and .*permission denied/,
  ],
  [
    "too little memory for a stack that already runs",
    { memoryBytes: 3e9, containers: capdContainers, kindOwner: owner },
    /^memory: .*little/,
  ],
  [
    "a cluster with a name from the settings on an adopted network",
    { containers: capdContainers },
    /^containers: .*capd-lb/,
    { adoptNetwork: true },
  ],
])("warns about %s", (_, facts, expected, config = {}) => {
  const { problems, warnings } = check(facts, config);
  expect(problems).toEqual([]);
  expect(warnings).toEqual([expect.stringMatching(expected)]);
});

test.each<[string, Partial<HostFacts>, Record<string, unknown>?, string[]?]>([
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
  ["cgroup v1 with Kubernetes 1.34", docker({ cgroup: "1" }), { pins: "source" }],
  ["containers of this stack", { containers: capdContainers, kindOwner: owner }],
  [
    "containers of this checkout on an adopted network",
    { containers: capdContainers },
    { adoptNetwork: true },
    ["capd"],
  ],
  [
    "containers of this checkout on another stack's network",
    { containers: capdContainers, kindOwner: "slipway/other" },
    { adoptNetwork: true },
    ["capd"],
  ],
  ["somebody else's kind cluster", { containers: [{ name: "x-control-plane", cluster: "x" }] }],
  [
    "the route of the stack's network",
    { routes: [{ network: parseNetwork("172.18.0.0/16"), device: "br-1" }], kindDevices: ["br-1"] },
  ],
  [
    "a container with the name of an in-memory cluster",
    { containers: [{ name: "a-lb", cluster: "a" }] },
    { clusters: [{ name: "a", backend: "inMemory" }] },
  ],
])("accepts %s", (_, facts, config = {}, known = []) =>
  expect(check(facts, config, known)).toEqual({ answers: true, problems: [], warnings: [] }),
);

test("distinguishes a Docker that does not answer from a Docker that is too old", () => {
  expect(check(docker({ server: undefined, error: "no daemon" })).answers).toBe(false);
  expect(check(docker({ server: "19.03.1" })).answers).toBe(true);
});

test("reports all problems at once", () => {
  const { problems } = check({
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

test("counts container nodes and simulated nodes separately", () => {
  const clusters = [
    { name: "a", workers: [{ name: "p", replicas: 2 }, { name: "q" }] },
    { name: "b", backend: "inMemory" },
  ];
  expect(requirementsOf(readSettings({ config: { clusters, networkSubnet: "172.20.0.0/16" }, pins }))).toEqual({
    subnet: parseNetwork("172.20.0.0/16"),
    clusterNetworks: [parseNetwork("192.168.0.0/16"), parseNetwork("10.128.0.0/12")],
    neededNames: expect.any(Array),
    wantedClusters: ["clusterapi", "a"],
    kubernetes: ["1.36.4"],
    nodes: 4,
    rollingNodes: 3,
    simulatedNodes: 2,
    loadsImages: true,
    nodesPull: true,
  });
});
