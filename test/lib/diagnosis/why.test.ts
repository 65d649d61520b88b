import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { whatDoesNotRun, whyStuck } from "../../../lib/diagnosis/diagnose";
import { containerEvidence } from "../../../lib/diagnosis/evidence";
import type { StuckFacts } from "../../../lib/diagnosis/facts";
import { screen } from "../../../lib/diagnosis/text";

/** What real clusters answered in which each of these was caused. */
const recorded = (name: string): StuckFacts =>
  JSON.parse(readFileSync(join(__dirname, "recorded", `${name}.json`), "utf8")) as StuckFacts;

const causes: [string, RegExp[], RegExp][] = [
  [
    "missing-image",
    [
      /^ {4}KubeadmControlPlane noimage-control-plane: Initialized=False$/,
      /^ {6}Machine noimage-control-plane-\w+: InfrastructureReady=False/,
      /^ {8}DevMachine noimage-control-plane-\w+: BootstrapCompleted=False \(WaitingForContainer\)$/,
      /capd-controller-manager: .*error pulling container image kindest\/node:v1\.34\.99/,
      /node image kindest\/node:v1\.34\.99 is not in this Docker/,
    ],
    /docker pull kindest\/node:v1\.34\.99/,
  ],
  [
    "wrong-version",
    [
      /DevMachine badver-control-plane-\w+: BootstrapCompleted=False \(Failed\) kubeadm init exited with status: 1/,
      /\| \[ERROR ImagePull\]: failed to pull image registry\.k8s\.io\/kube-proxy:v1\.35\.9/,
      /\| error: error execution phase preflight/,
      /cannot pull registry\.k8s\.io\/kube-\w+:v1\.35\.9 and \d more: i\/o timeout/,
    ],
    /the node image has no v1\.35\.9/,
  ],
  [
    "full-disk",
    [
      /\| error: error execution phase wait-control-plane/,
      /kube-apiserver ended: Error creating leases/,
      /etcd ended: failed to create WAL: no space left on device/,
      /no space left on one of its file systems/,
    ],
    /make room/,
  ],
  [
    "load-balancer-stopped",
    [/not asked: the cluster's API/, /container capd-lb \(load balancer of the API\): Exited \(137\)/],
    /docker start capd-lb/,
  ],
  [
    "webhook-down",
    [/Deployment capd-system\/capd-controller-manager of the management cluster: 0 pods available, 0 wanted/],
    /scale deployment capd-controller-manager --replicas=1/,
  ],
  [
    "address-pool-used-up",
    [/Service default\/s7 has no address: AllocationFailed: .* no available IPs/],
    /a larger loadBalancerPrefix/,
  ],
];

describe.each(causes)("%s", (name, says, helps) => {
  const { ready, lines } = whyStuck(recorded(name));

  test("is named, below all that it holds up", () => {
    expect(ready).toBe(false);
    const places = says.map((pattern) => lines.findIndex((line) => pattern.test(line)));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((one, other) => one - other));
  });

  test("ends with what helps", () => expect(lines.at(-1)).toMatch(helps));

  test("takes one screen at most, however many lines there are", () => {
    expect(lines.length).toBeLessThanOrEqual(screen);
    for (const limit of [6, 9]) expect(whyStuck(recorded(name), limit).lines.length).toBeLessThanOrEqual(limit);
  });
});

describe("a cluster that is ready", () => {
  test("is one line", () => {
    expect(whyStuck(recorded("ready"))).toEqual({ ready: true, lines: ["cluster default/capd: ready, 2 machines"] });
  });

  test("is not called so where its API could not be asked", () => {
    const { ready, lines } = whyStuck({ ...recorded("ready"), unreachable: ["the cluster's API: refused"] });
    expect(ready).toBe(false);
    expect(lines[1]).toBe("  not asked: the cluster's API: refused");
  });

  test("is not reported without a Cluster object", () => {
    const { ready, lines } = whyStuck({ ...recorded("ready"), objects: [] });
    expect({ ready, line: lines[1] }).toEqual({
      ready: false,
      line: "  the management cluster has no Cluster object default/capd",
    });
  });
});

test("a cluster without its Cluster object does not exist, whether its own API answers or not", () => {
  const unreachable = ["the cluster's API: dial tcp 172.18.0.5:6443: connect: no route to host"];
  const { ready, lines } = whyStuck({ ...recorded("ready"), objects: [], containers: [], unreachable });
  expect(ready).toBe(false);
  expect(lines.slice(0, 2)).toEqual([
    "cluster default/capd: does not exist",
    "  the management cluster has no Cluster object default/capd",
  ]);
  expect(lines.join()).not.toContain("not asked");
});

test.each([
  ["created", false],
  ["removing", false],
  ["exited", true],
])("a container in the state %s is named, and its start is suggested: %s", (state, isSuggested) => {
  const facts = recorded("load-balancer-stopped");
  const containers = (facts.containers ?? []).map((container) =>
    container.state === "running" ? container : { ...container, state, status: state },
  );
  const text = whyStuck({ ...facts, containers }).lines.join("\n");
  expect(text).toContain(`container capd-lb (load balancer of the API): ${state}`);
  expect(text.includes("docker start")).toBe(isSuggested);
});

test("a management cluster that does not answer proves nothing about a Cluster object", () => {
  const { lines } = whyStuck({ ...recorded("ready"), objects: [], unreachable: ["Cluster API: connection refused"] });
  expect(lines[0]).toBe("cluster default/capd: not ready");
  expect(lines).toContain("  not asked: Cluster API: connection refused");
});

test("many machines that wait for the same object are counted, and only where nothing else holds them", () => {
  const facts = recorded("wrong-version");
  const waits = {
    type: "DataSecretAvailable",
    status: "False",
    message: "Waiting for Cluster control plane to be initialized",
  };
  const labels = { "cluster.x-k8s.io/cluster-name": "badver", "cluster.x-k8s.io/deployment-name": "md" };
  const machines = [1, 2, 3].flatMap((number) => [
    {
      kind: "Machine",
      metadata: { name: `md-${number}`, labels },
      spec: { bootstrap: { configRef: { kind: "KubeadmConfig", name: `md-${number}` } } },
      status: { conditions: [{ type: "Ready", status: "False", reason: "NotReady" }] },
    },
    { kind: "KubeadmConfig", metadata: { name: `md-${number}`, labels }, status: { conditions: [waits] } },
  ]);
  const deployment = { kind: "MachineDeployment", metadata: { name: "md", labels }, status: { conditions: [] } };
  const { lines } = whyStuck({ ...facts, objects: [...facts.objects, deployment, ...machines] });
  expect(lines.filter((line) => /md-\d/.test(line))).toEqual([]);
  expect(lines).toContain("    MachineDeployment md: 3 machines wait for the control plane");
});

test("webhooks that do not answer: controllers that do not run are named", () => {
  const { providers, workloadObjects } = recorded("webhook-down");
  const lines = whatDoesNotRun({ providers, ...(workloadObjects ? { workloadObjects } : {}), unreachable: [] });
  expect(lines[0]).toMatch(/^Deployment capd-system\/capd-controller-manager of the management cluster: 0 pods/);
  expect(whatDoesNotRun({ providers: [], unreachable: [] })).toEqual(["all controllers and pods of the cluster run"]);
});

describe("a machine without a container", () => {
  const machine = (kind: string, spec: Record<string, unknown>) => ({
    ...recorded("ready"),
    containers: [],
    objects: [
      { kind, metadata: { name: "m", namespace: "default" }, spec, status: { initialization: { provisioned: true } } },
    ],
  });
  const linesOf = (kind: string, spec: Record<string, unknown>): string =>
    containerEvidence(machine(kind, spec) as Pick<StuckFacts, "objects" | "containers">)
      .map(({ line }) => line)
      .join("\n");

  test("is reported for both kinds of the Docker provider", () => {
    expect(linesOf("DevMachine", { backend: { docker: {} } })).toBe("container m: gone");
    expect(linesOf("DockerMachine", {})).toBe("container m: gone");
  });

  test("is not reported if the provider simulates it", () => {
    expect(linesOf("DevMachine", { backend: { inMemory: {} } })).toBe("");
  });
});
