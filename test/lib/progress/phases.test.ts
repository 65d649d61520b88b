import { describe, expect, test } from "@jest/globals";
import type { ApiObject } from "../../../lib/diagnosis/facts";
import type { EngineEvent } from "../../../lib/diagnosis/failure/engineEvent";
import { outputEnd } from "../../../lib/progress/engineOutput";
import { type EarlierRun, estimateUp, remainingText } from "../../../lib/progress/estimate";
import { fitRows, rowText, secondsText } from "../../../lib/progress/line";
import { RunModel, type TrackedClusters } from "../../../lib/progress/runModel";
import { condition, managed, node, readyNode, waitingPod } from "./objects";

const clusters: TrackedClusters = {
  management: { name: "mgmt", isKind: true, installsProviders: true, kubeconfig: "mgmt.yaml" },
  workloads: [
    {
      ...{ name: "one", namespace: "default", isInMemory: false, hasLoadBalancer: true, hasApplication: true },
      kubeconfig: "one.yaml",
    },
  ],
};

const urnOf = (types: string, name: string): string => `urn:pulumi:dev::slipway::${types}::${name}`;
const command = "slipway:index:WorkloadCluster$command:local:Command";

/** The start and the end of a step. */
const begins = (name: string, types = command, op = "create"): EngineEvent => ({
  kind: "begins",
  urn: urnOf(types, name),
  op,
});
const done = (name: string, types = command, op = "create"): EngineEvent => ({
  kind: "done",
  urn: urnOf(types, name),
  op,
});

const kind = "slipway:index:ManagementCluster$kind:index:KindCluster";

/** Objects of the management cluster while the cluster comes up. */
const objects = (phases: { infrastructure?: boolean; container?: boolean; bootstrap?: string }): ApiObject[] => {
  const { infrastructure = false, container = false, bootstrap } = phases;
  const conditions = [
    ...(container ? [condition("ContainerProvisioned=True")] : []),
    ...(bootstrap === undefined ? [] : [condition("BootstrapCompleted=False", "NotReady", bootstrap)]),
  ];
  return [
    managed("Cluster", "one", { status: { initialization: { infrastructureProvisioned: infrastructure } } }),
    managed("KubeadmControlPlane", "one-cp", { spec: { replicas: 1 } }),
    managed("MachineDeployment", "one-md", { spec: { replicas: 1 } }),
    managed(
      "Machine",
      "one-cp-a",
      { spec: { infrastructureRef: { kind: "DevMachine", name: "one-cp-a" } } },
      { "cluster.x-k8s.io/control-plane": "" },
    ),
    managed("DevMachine", "one-cp-a", { status: { conditions } }),
  ];
};

const kubeadmInit = "Running boostrap command [ sh -c kubeadm init --config x ] (31 of 31)";

describe("the model of a run from nothing", () => {
  const model = new RunModel(clusters);
  /** Lines of the cluster `one` for a log. */
  const changes = (seconds: number): string[] =>
    model.snapshot(seconds).changes.filter((line) => line.startsWith("one: "));

  test("shows each phase of a cluster once, with the time of its end", () => {
    expect(model.snapshot(1).rows).toEqual([]);
    model.take(begins("management-kind", kind));
    expect(changes(2)).toEqual(["one: infrastructure: waits for the management cluster"]);
    expect(changes(3)).toEqual([]);
    model.observe("mgmt", objects({}), 40, 0);
    expect(changes(40)).toEqual(["one: infrastructure"]);
    model.observe("mgmt", objects({ infrastructure: true }), 50, 0);
    expect(changes(50)).toEqual(["one: infrastructure done; machine"]);
    const bootstrapped = (bootstrap: string) => objects({ infrastructure: true, container: true, bootstrap });
    model.observe("mgmt", bootstrapped("Running boostrap command [ mkdir /x ] (3 of 31)"), 55, 0);
    expect(changes(55)).toEqual(["one: machine done; kubeadm: prepares the node"]);
    model.observe("mgmt", bootstrapped("Running boostrap command [ mkdir /x ] (4 of 31)"), 57, 0);
    expect(changes(57)).toEqual([]);
    expect(rowText(model.snapshot(57).rows.at(-1)!, 200)).toContain("prepares the node, command 4 of 31");
    model.observe("mgmt", bootstrapped(kubeadmInit), 60, 0);
    expect(changes(60)).toEqual(["one: kubeadm: init"]);
    model.take(done("one-api"));
    expect(changes(70)).toEqual(["one: kubeadm, API done; pod network"]);
    model.observe("one", [node("a", condition("Ready=False")), node("b", condition("Ready=False"))], 72, 0);
    expect(changes(72)).toEqual([]);
    model.observe("one", [readyNode("a")], 80, 0);
    expect(changes(80)).toEqual(["one: pod network done; nodes: 1 of 2"]);
    model.observe("one", [readyNode("a"), readyNode("b")], 90, 0);
    expect(changes(90)).toEqual(["one: nodes: 2 of 2, waits for Cluster API"]);
    model.take(done("one-nodes"));
    expect(changes(95)).toEqual(["one: nodes done; load balancer"]);
    const pool = "one-metallb/IPAddressPool/metallb-system/slipway";
    model.take(done(pool, "slipway:index:MetalLb$kubernetes:metallb.io/v1beta1:IPAddressPool"));
    expect(changes(96)).toEqual(["one: load balancer done; application"]);
    model.take(begins("one-application-request", "slipway:index:Application$command:local:Command"));
    expect(changes(97)).toEqual(["one: application: waits for the answer"]);
    model.take(done("one-application-request", "slipway:index:Application$command:local:Command"));
    expect(changes(98)).toEqual(["one: application done; ready"]);
    const row = model.snapshot(99).rows.find(({ name }) => name === "one")!;
    expect(rowText(row, 200)).toBe(
      "one  infrastructure 50 s › machine 55 s › kubeadm 70 s › API 70 s › pod network 80 s › nodes 95 s › " +
        "load balancer 96 s › application 98 s › ready",
    );
  });

  test("shows the management cluster and the images", () => {
    const rows = (): string[] => model.snapshot(100).rows.map((row) => rowText(row, 200));
    model.take(done("network", "slipway:index:DockerNetwork$docker:index/network:Network"));
    model.take(done("management-kind", kind));
    expect(rows()[0]).toMatch(/^mgmt {2}.*kind cluster 100 s › node$/);
    model.take({ kind: "done", urn: urnOf("slipway:index:NodeImage", "node-v1.34.4-d753388ddb53"), op: "create" });
    model.take(begins("node-v1.34.4-d753388ddb53", "slipway:index:NodeImage$kind:index:NodeImage"));
    expect(rows()[0]).toBe("images  node image v1.34.4");
    const same = done("node-v1.34.4-d753388ddb53", "slipway:index:NodeImage$kind:index:NodeImage", "same");
    const unchanged = new RunModel(clusters);
    unchanged.take({ kind: "done", urn: urnOf("slipway:index:NodeImage", "node-v1.34.4-d753388ddb53"), op: "same" });
    unchanged.take(same);
    expect(unchanged.snapshot(100).rows.map(({ name }) => name)).toEqual(["mgmt", "one"]);
  });
});

describe("the model of a run on an existing stack", () => {
  test("shows the phases that are done without a time, and then the change", () => {
    const model = new RunModel(clusters);
    expect(model.snapshot(0)).toMatchObject({ rows: [], changes: [] });
    model.observe("mgmt", objects({ infrastructure: true, container: true }), 1, 0);
    model.observe("one", [readyNode("a"), readyNode("b")], 1, 0);
    const [line] = model.snapshot(1).changes.filter((text) => text.startsWith("one: "));
    expect(line).toBe("one: infrastructure, machine, kubeadm, API, pod network, nodes done; load balancer");
    const row = model.snapshot(2).rows.find(({ name }) => name === "one")!;
    expect(rowText(row, 200)).toContain("infrastructure › machine › kubeadm");
    model.take(begins("one-nodes", command, "update"));
    model.observe("one", [readyNode("a")], 9, 0);
    expect(model.snapshot(9).changes).toContain("one: nodes: 1 of 2");
  });

  test("takes a management cluster that answers, and whose controllers run, as it is", () => {
    const model = new RunModel(clusters);
    const running = (namespace: string) => ({
      kind: "Pod",
      metadata: { name: namespace, namespace },
      status: { conditions: [condition("Ready=True")] },
    });
    model.observe("mgmt", [running("cert-manager"), running("capi-system"), running("capd-system")], 1, 0);
    const [line] = model.snapshot(1).changes;
    expect(line).toBe("mgmt: network, kind cluster, node, cert-manager, Cluster API done; ready");
    model.take(begins("cluster-api-webhooks", "slipway:index:ProviderInstall$command:local:Command", "update"));
    expect(model.snapshot(2).changes).toContain("mgmt: Cluster API");
  });

  test("shows the view although the management cluster does not answer", () => {
    const model = new RunModel(clusters);
    expect(model.snapshot(5).rows).toEqual([]);
    expect(model.snapshot(11).rows.length).toBeGreaterThan(0);
  });

  test("counts the machines of an in-memory cluster, which has no nodes of its own", () => {
    const [workload] = clusters.workloads;
    const simulated = { ...workload!, isInMemory: true, hasLoadBalancer: false, hasApplication: false };
    const model = new RunModel({ ...clusters, workloads: [simulated] });
    const machines = [1, 2].map((index) =>
      managed("Machine", `m${index}`, {
        status: { conditions: [condition(index === 1 ? "NodeReady=True" : "NodeReady=False")] },
      }),
    );
    const list = objects({ infrastructure: true, container: true }).filter((object) => object.kind !== "Machine");
    model.take(done("one-api"));
    model.observe("mgmt", [...list, ...machines], 1, 0);
    expect(model.snapshot(1).changes).toContain("one: infrastructure, machine, API done; nodes: 1 of 2");
  });

  test("reports a cause and the first error of a resource in every output", () => {
    const model = new RunModel(clusters);
    model.observe("one", [waitingPod("web-1-a", "ErrImagePull", "not found")], 20, 0);
    const error = { kind: "error" as const, urn: urnOf(command, "one-nodes"), message: "exit status 1: no nodes" };
    model.take(error);
    model.take(error);
    model.take({ kind: "error", urn: urnOf("pulumi:pulumi:Stack", "slipway-dev"), message: "update failed" });
    expect(model.snapshot(20).messages).toEqual([
      expect.stringMatching(/^one is held up: Pod default\/web-1-a: ErrImagePull/),
      expect.stringMatching(/^ {2}next step: correct the image/),
      "failed: one-nodes: exit status 1: no nodes",
    ]);
    expect(model.snapshot(21).messages).toEqual([]);
  });
});

describe("a line of the view", () => {
  const row = {
    name: "one",
    phases: [
      { name: "infrastructure", isDone: true, seconds: 50 },
      { name: "machine", isDone: true, seconds: 60 },
      { name: "kubeadm", isDone: false, detail: "starts", note: "command 3" },
      { name: "API", isDone: false },
    ],
  };

  test("leaves out the earliest phases on a narrow terminal, and never is wider than the terminal", () => {
    expect(rowText(row, 100)).toBe("one  infrastructure 50 s › machine 60 s › kubeadm: starts, command 3");
    expect(rowText(row, 52)).toBe("one  … › machine 60 s › kubeadm: starts, command 3");
    expect(rowText(row, 20)).toBe("one  … › kubeadm: s…");
    for (let columns = 1; columns < 120; columns += 1)
      expect(rowText(row, columns).length).toBeLessThanOrEqual(columns);
  });

  test("keeps the rows that are not ready on a short terminal", () => {
    const ready = (name: string) => ({ name, phases: [{ name: "API", isDone: true }] });
    const rows = [ready("a"), ready("b"), { ...row, name: "c" }, ready("d")];
    expect(fitRows(rows, 4).rest).toBeUndefined();
    const { rows: shown, rest } = fitRows(rows, 3);
    expect(shown.map(({ name }) => name)).toEqual(["a", "c"]);
    expect(rest).toBe("and 2 more: 2 ready, 0 not ready");
  });

  test("has minutes from two minutes on", () => {
    expect([44.9, 119, 125].map(secondsText)).toEqual(["44 s", "119 s", "2 min 05 s"]);
  });
});

describe("the estimate of the remaining time", () => {
  const run = (seconds: number, more: Partial<EarlierRun> = {}): EarlierRun => ({
    ...{ version: 1, command: "up", settingsChecksum: "s", machine: "m", succeeded: true, seconds },
    ...{ startedAt: `2026-11-30T12:00:${String(seconds % 60).padStart(2, "0")}Z`, createdManagementCluster: true },
    ...more,
  });
  const identity = { settingsChecksum: "s", machine: "m" };

  test("needs three successful runs from nothing with the same settings on this machine", () => {
    expect(estimateUp([run(150), run(160)], identity)).toBeUndefined();
    expect(estimateUp([run(150), run(160), run(200)], identity)).toEqual({ least: 150, most: 200 });
    for (const other of [
      { settingsChecksum: "t" },
      { machine: "n" },
      { succeeded: false },
      { createdManagementCluster: false },
      { command: "destroy" },
      { version: 2 },
    ])
      expect(estimateUp([run(150), run(160), run(200, other)], identity)).toBeUndefined();
  });

  test("is shown only for a run that creates the management cluster", () => {
    const model = new RunModel(clusters, { least: 150, most: 200 });
    expect(model.snapshot(11).remaining).toBeUndefined();
    model.take(begins("management-kind", kind));
    expect(model.snapshot(20).remaining).toBe("2 to 3 minutes left");
    expect(new RunModel(clusters).snapshot(20).remaining).toBeUndefined();
  });

  test("is a range in minutes", () => {
    const estimate = { least: 150, most: 200 };
    expect(remainingText(estimate, 0)).toBe("2 to 4 minutes left");
    expect(remainingText(estimate, 60)).toBe("1 to 3 minutes left");
    expect(remainingText(estimate, 100)).toBe("less than 2 minutes left");
    expect(remainingText(estimate, 150)).toBe("less than a minute left");
    expect(remainingText(estimate, 200)).toBe("longer than the earlier runs");
  });
});

describe("the end of Pulumi's output", () => {
  const text = [
    "Updating (dev):",
    " +  command:local:Command one-nodes creating (2s)",
    "Diagnostics:",
    "  pulumi:pulumi:Stack (slipway-dev):",
    "    warning: using pulumi-resource-docker from $PATH at /x",
    "  command:local:Command (one-nodes):",
    "    error: exit status 1",
    "",
    "Outputs:",
    "    url: 1",
    "",
    "Resources:",
    "    + 3 created",
    "",
    "Duration: 2s",
    "",
  ].join("\n");

  test("has errors, warnings, counts and the time", () => {
    expect(outputEnd(text, true)).toEqual([
      "Diagnostics:",
      "  command:local:Command (one-nodes):",
      "    error: exit status 1",
      "",
      "Resources:",
      "    + 3 created",
      "",
      "Duration: 2s",
    ]);
  });

  test("has no diagnostics if only Slipway's own plugins were named", () => {
    const quiet = text.replace(/ {2}command:local:Command \(one-nodes\):\n.*\n/, "");
    expect(outputEnd(quiet, false)[0]).toBe("Resources:");
  });

  test("is the whole output if Pulumi ended before its summary", () => {
    expect(outputEnd("error: the stack is currently locked\n", true)).toEqual(["error: the stack is currently locked"]);
  });
});
