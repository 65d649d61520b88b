import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { changePlan, exitCode } from "../../../lib/plan/plan";
import type { PlanStep, PreviewDigest, StepState, PartPlan } from "../../../lib/plan/step";
import { planSummary, planTable } from "../../../lib/plan/text";

const urn = (types: string, name: string): string => `urn:pulumi:dev::slipway::${types}::${name}`;
const component = (type: string, name: string, op = "same"): PlanStep => ({
  op,
  urn: urn(`slipway:index:${type}`, name),
});

interface More extends StepState {
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
  diff?: string[];
}

const step = (op: string, types: string, name: string, more: More = {}): PlanStep => {
  const { before, after, diff, ...state } = more;
  return {
    op,
    urn: urn(types, name),
    ...(op === "create" ? {} : { oldState: { ...state, inputs: before } }),
    ...(op === "delete" ? {} : { newState: { ...state, inputs: after ?? before } }),
    detailedDiff: diff === undefined ? null : Object.fromEntries(diff.map((path) => [path, { kind: "update" }])),
  };
};

const workload = "slipway:index:WorkloadCluster";
const kinds: Record<string, string> = {
  Cluster: "cluster.x-k8s.io",
  MachineDeployment: "cluster.x-k8s.io",
  KubeadmControlPlane: "controlplane.cluster.x-k8s.io",
  DevMachineTemplate: "infrastructure.cluster.x-k8s.io",
  DevMachinePool: "infrastructure.cluster.x-k8s.io",
  KubeadmConfigTemplate: "bootstrap.cluster.x-k8s.io",
};

/** A step for an object that Cluster API makes a cluster of. */
const capi = (op: string, cluster: string, kind: string, name: string, more: More = {}): PlanStep =>
  step(op, `${workload}$kubernetes:${kinds[kind]}/v1beta2:${kind}`, `${cluster}/${kind}/default/${name}`, {
    parent: urn(workload, cluster),
    ...more,
  });
const clusterUrn = (cluster: string): string => capi("same", cluster, "Cluster", cluster).urn;

/** A step for something inside a cluster. */
const content = (op: string, cluster: string, owner: string, name: string, more: More = {}): PlanStep =>
  step(op, `slipway:index:${owner}$kubernetes:apps/v1:Deployment`, name, { deletedWith: clusterUrn(cluster), ...more });

const standing = (cluster: string): PlanStep[] => [
  component("WorkloadCluster", cluster),
  capi("same", cluster, "Cluster", cluster),
];

const planOf = (part: string, steps: PlanStep[]): PartPlan | undefined =>
  changePlan(steps).find((one) => one.part === part);

const version = (text: string): Record<string, unknown> => ({ spec: { version: text } });
const workerVersion = (text: string): Record<string, unknown> => ({ spec: { template: { spec: { version: text } } } });

test("with another management cluster everything that it made is lost", () => {
  const kind = step("replace", "slipway:index:ManagementCluster$kind:index:KindCluster", "clusterapi-kind");
  const object = capi("update", "a", "MachineDeployment", "a-md-0", { before: workerVersion("v1") });
  const parts = changePlan([kind, ...standing("a"), object]);
  expect(parts.map(({ part, change }) => [part, change])).toEqual([
    ["network", "unchanged"],
    ["management cluster", "replaced"],
    ["providers", "replaced"],
    ["cluster a", "replaced"],
  ]);
  expect(parts.find(({ part }) => part === "cluster a")!.lost.join()).toContain("everything in it");
});

describe("the class of a cluster", () => {
  test.each<[string, PlanStep[], string, string[]]>([
    ["nothing", [], "unchanged", []],
    ["a read", [step("read", `${workload}$kubernetes:core/v1:Secret`, "a-kubeconfig")], "unchanged", []],
    [
      "a look at Docker",
      [step("refresh", "kind:index:ClusterContainers", "a-containers", { deletedWith: clusterUrn("a") })],
      "unchanged",
      [],
    ],
    [
      "more control plane nodes",
      [
        capi("update", "a", "KubeadmControlPlane", "a-control-plane", {
          before: { spec: { replicas: 1, version: "v1.34.4" } },
          after: { spec: { replicas: 3, version: "v1.34.4" } },
          diff: ["spec.replicas"],
        }),
      ],
      "in place",
      ["KubeadmControlPlane default/a-control-plane: spec.replicas 1 → 3"],
    ],
    [
      "another version of the control plane",
      [
        capi("update", "a", "KubeadmControlPlane", "a-control-plane", {
          before: version("v1.33.0"),
          after: version("v1.34.4"),
          diff: ["spec.version"],
        }),
      ],
      "rolling",
      ["KubeadmControlPlane default/a-control-plane: spec.version v1.33.0 → v1.34.4"],
    ],
    [
      "a difference that the engine names only in general",
      [
        {
          ...capi("update", "a", "MachineDeployment", "a-md-0", {
            before: workerVersion("v1.33.0"),
            after: workerVersion("v1.34.4"),
          }),
          diffReasons: ["spec"],
        },
      ],
      "rolling",
      ["MachineDeployment default/a-md-0: spec.template.spec.version v1.33.0 → v1.34.4"],
    ],
    [
      "a timeout of the workers' deletion",
      [
        capi("update", "a", "MachineDeployment", "a-md-0", {
          before: { spec: { template: { spec: { deletion: { nodeDrainTimeoutSeconds: 1 } } } } },
          after: { spec: { template: { spec: { deletion: { nodeDrainTimeoutSeconds: 2 } } } } },
          diff: ["spec.template.spec.deletion.nodeDrainTimeoutSeconds"],
        }),
      ],
      "in place",
      ["MachineDeployment default/a-md-0: spec.template.spec.deletion.nodeDrainTimeoutSeconds 1 → 2"],
    ],
    [
      "another image of a MachinePool",
      [
        capi("update", "a", "DevMachinePool", "a-mp-0", {
          before: { spec: { backend: { docker: { customImage: "a" } } } },
          after: { spec: { backend: { docker: { customImage: "b" } } } },
          diff: ["spec.backend.docker.customImage"],
        }),
      ],
      "rolling",
      ["DevMachinePool default/a-mp-0: spec.backend.docker.customImage a → b"],
    ],
    [
      "a label of the machines",
      [
        capi("update", "a", "MachineDeployment", "a-md-0", {
          before: { spec: { template: { metadata: { labels: {} } } } },
          after: { spec: { template: { metadata: { labels: { "node.cluster.x-k8s.io/tier": "web" } } } } },
          diff: ['spec.template.metadata.labels["node.cluster.x-k8s.io/tier"]'],
        }),
      ],
      "in place",
      ['MachineDeployment default/a-md-0: spec.template.metadata.labels["node.cluster.x-k8s.io/tier"] (none) → web'],
    ],
    [
      "a new pool",
      [
        capi("create", "a", "DevMachineTemplate", "a-md-1-11111111"),
        capi("create", "a", "KubeadmConfigTemplate", "a-md-1-22222222"),
        capi("create", "a", "MachineDeployment", "a-md-1"),
      ],
      "in place",
      [
        "DevMachineTemplate default/a-md-1-11111111 is created",
        "KubeadmConfigTemplate default/a-md-1-22222222 is created",
        "MachineDeployment default/a-md-1 is created",
      ],
    ],
    [
      "a pool less",
      [capi("delete", "a", "MachineDeployment", "a-md-1")],
      "in place",
      ["MachineDeployment default/a-md-1 is deleted"],
    ],
    [
      "the application off",
      [content("delete", "a", "Application", "a-application/Deployment/default/nginx")],
      "in place",
      ["Deployment default/nginx is deleted"],
    ],
    [
      "something inside that is replaced",
      [
        step("replace", "command:local:Command", "a-nodes", {
          deletedWith: clusterUrn("a"),
          before: { triggers: ["1"] },
          after: { triggers: ["2"] },
          diff: ["triggers[0]"],
        }),
      ],
      "replaced",
      ["step a-nodes is replaced: triggers[0] 1 → 2"],
    ],
    [
      "something that did not finish",
      [content("update", "a", "Cni", "a-cni/DaemonSet/kube-system/calico-node", { before: {} })],
      "in place",
      ["DaemonSet kube-system/calico-node is run again, since it did not finish"],
    ],
  ])("%s", (_, steps, change, reasons) => {
    expect(planOf("cluster a", [...standing("a"), ...steps])).toEqual({ part: "cluster a", change, reasons, lost: [] });
  });

  test("an upgrade hides the templates it brings and takes", () => {
    const plan = planOf("cluster a", [
      ...standing("a"),
      capi("create", "a", "DevMachineTemplate", "a-cp-22222222"),
      capi("update", "a", "MachineDeployment", "a-md-0", {
        before: { spec: { replicas: 1, template: { spec: { infrastructureRef: { name: "a-md-0-1" } } } } },
        after: { spec: { replicas: 2, template: { spec: { infrastructureRef: { name: "a-md-0-2" } } } } },
        diff: ["spec.replicas", "spec.template.spec.infrastructureRef.name"],
      }),
      content("update", "a", "Application", "a-application/Deployment/default/nginx", {
        before: { spec: { replicas: 1 } },
        after: { spec: { replicas: 2 } },
      }),
      capi("delete", "a", "DevMachineTemplate", "a-cp-11111111"),
    ]);
    expect(plan?.change).toBe("rolling");
    expect(plan?.reasons).toEqual([
      "MachineDeployment default/a-md-0: spec.replicas 1 → 2, spec.template.spec.infrastructureRef.name a-md-0-1 → a-md-0-2",
      "Deployment default/nginx: spec.replicas 1 → 2",
    ]);
  });

  test.each([
    ["another image", "Deployment", {}, true],
    ["another image", "StatefulSet", {}, true],
    ["another image of a DaemonSet that waits for deletions", "DaemonSet", { type: "OnDelete" }, false],
  ])("%s in a %s replaces its pods only if the controller does so", (_, kind, updateStrategy, isReplaced) => {
    const spec = (image: string) => ({ updateStrategy, template: { spec: { containers: [{ image }] } } });
    const [before, after] = [spec("capd:a"), spec("capd:b")].map((value) => ({ spec: value }));
    const image = "spec.template.spec.containers[0].image";
    const type = `slipway:index:ProviderInstall$kubernetes:apps/v1:${kind}`;
    const changed = step("update", type, `docker/${kind}/capd-system/capd`, { before, after, diff: [image] });
    expect(planOf("providers", [changed])?.reasons).toEqual([
      `${kind} capd-system/capd: ${image} capd:a → capd:b${isReplaced ? "; its pods are replaced one after the other" : ""}`,
    ]);
  });

  test("a new cluster is created, whatever stands beside it", () => {
    const steps = [
      ...standing("a"),
      component("WorkloadCluster", "b", "create"),
      capi("create", "b", "Cluster", "b"),
      content("create", "b", "Cni", "b-cni/DaemonSet/kube-system/calico-node"),
    ];
    expect(planOf("cluster b", steps)).toMatchObject({ change: "created", reasons: ["2 resources"], lost: [] });
    expect(planOf("cluster a", steps)?.change).toBe("unchanged");
  });

  test("a cluster that goes is destroyed, and its nodes are counted", () => {
    const plan = planOf("cluster a", [
      component("WorkloadCluster", "a", "delete"),
      capi("delete", "a", "Cluster", "a"),
      capi("delete", "a", "KubeadmControlPlane", "a-control-plane", { before: { spec: { replicas: 3 } } }),
      capi("delete", "a", "MachineDeployment", "a-md-0", { before: { spec: { replicas: 2 } } }),
    ]);
    expect(plan?.change).toBe("destroyed");
    expect(plan?.lost).toEqual([
      "the containers of the cluster a: 5 nodes and its load balancer; everything in it, volumes and Secrets included",
    ]);
  });

  const identity = (before: string[], after: string[]): PlanStep =>
    step("replace", `${workload}$command:local:Command`, "a-identity", {
      parent: urn(workload, "a"),
      before: { triggers: before },
      after: { triggers: after },
      diff: ["triggers"],
    });

  test("another pod network replaces it, and the reason is the setting", () => {
    const plan = planOf("cluster a", [
      ...standing("a").slice(0, 1),
      identity(["namespace default", "podCidr 192.168.0.0/16"], ["namespace default", "podCidr 10.0.0.0/16"]),
      capi("replace", "a", "Cluster", "a", { before: { spec: { x: 1 } }, after: { spec: { x: 2 } } }),
      capi("replace", "a", "KubeadmControlPlane", "a-control-plane", { before: { spec: { replicas: 1 } } }),
      content("replace", "a", "Cni", "a-cni/DaemonSet/kube-system/calico-node"),
    ]);
    expect(plan?.change).toBe("replaced");
    expect(plan?.reasons[0]).toBe("podCidr 192.168.0.0/16 → 10.0.0.0/16");
    expect(plan?.lost[0]).toContain("1 node and its load balancer");
  });

  test("an identity that an older Slipway did not make is not a new cluster", () => {
    const created = step("create", `${workload}$command:local:Command`, "a-identity", { parent: urn(workload, "a") });
    expect(planOf("cluster a", [...standing("a"), created])?.change).toBe("in place");
  });

  test("another namespace does too, though the Cluster object is a new resource", () => {
    const plan = planOf("cluster a", [
      ...standing("a").slice(0, 1),
      identity(["namespace default"], ["namespace other"]),
      capi("create", "a", "Cluster", "a"),
    ]);
    expect(plan).toMatchObject({ change: "replaced", reasons: ["namespace default → other"] });
  });
});

describe("what the engine printed, with steps in the place of clusters", () => {
  const recorded = (file: string): PartPlan[] =>
    changePlan((JSON.parse(readFileSync(`test/lib/plan/recorded/${file}.json`, "utf8")) as PreviewDigest).steps ?? []);

  test.each([
    ["podCidr", "podCidr 192.168.0.0/16 → 10.0.0.0/16"],
    ["namespace", "namespace default → team"],
  ])("another %s of one cluster replaces that one, and leaves its neighbour alone", (file, reason) => {
    const plan = recorded(file).map(({ part, change, reasons }) => ({ part, change, reasons }));
    expect(plan).toEqual([
      { part: "network", change: "unchanged", reasons: [] },
      { part: "management cluster", change: "unchanged", reasons: [] },
      { part: "providers", change: "unchanged", reasons: [] },
      { part: "cluster a", change: "replaced", reasons: [reason] },
      { part: "cluster a-b", change: "unchanged", reasons: [] },
    ]);
  });
});

describe("whose a resource is", () => {
  test("clusters whose names begin alike are kept apart", () => {
    const steps = [
      ...standing("a"),
      ...standing("a-b"),
      content("update", "a-b", "Cni", "a-b-cni/DaemonSet/kube-system/calico-node", {
        before: { x: 1 },
        after: { x: 2 },
      }),
      step("update", "command:local:Command", "a-b-nodes", {
        deletedWith: clusterUrn("a-b"),
        before: {},
        after: { y: 1 },
      }),
    ];
    expect(planOf("cluster a", steps)?.change).toBe("unchanged");
    expect(planOf("cluster a-b", steps)?.reasons).toHaveLength(2);
  });

  test.each<[string, PlanStep]>([
    ["network", step("replace", "slipway:index:DockerNetwork$docker:index/network:Network", "network")],
    ["management cluster", step("replace", "slipway:index:ManagementCluster$command:local:Command", "clusterapi-kind")],
    [
      "management cluster",
      step("replace", "slipway:index:ImageLoad$command:local:Command", "management-images", { deletedWith: "x" }),
    ],
    [
      "providers",
      step(
        "replace",
        "slipway:index:ProviderInstall$slipway:index:ManifestObjects$kubernetes:apps/v1:Deployment",
        "cluster-api/Deployment/capi-system/capi-controller-manager",
        { deletedWith: urn("slipway:index:ManagementCluster$command:local:Command", "clusterapi-kind") },
      ),
    ],
    ["node images", step("replace", "slipway:index:NodeImage$command:local:Command", "node-v1.34.4-0a1b2c3d4e5f")],
    ["other", step("replace", "random:index:Thing", "x")],
  ])("%s", (part, one) => {
    expect(planOf(part, [one])?.change).toBe("replaced");
  });

  test("the namespace of clusters, which is in the management cluster", () => {
    const lifetime = step("same", "slipway:index:ManagementCluster$command:local:Command", "clusterapi-kind");
    const namespace = step("delete", "kubernetes:core/v1:Namespace", "clusters/Namespace/staging", {
      deletedWith: lifetime.urn,
    });
    expect(planOf("management cluster", [lifetime, namespace])).toMatchObject({
      change: "in place",
      reasons: ["Namespace staging is deleted"],
    });
  });

  test("what the state has of a cluster whose component is gone", () => {
    expect(planOf("cluster a", [content("delete", "a", "Cni", "a-cni/DaemonSet/x/y")])?.change).toBe("in place");
  });
});

describe("exit code and text", () => {
  const part = (change: PartPlan["change"], reasons: string[] = [], lost: string[] = []): PartPlan => ({
    part: "cluster a",
    change,
    reasons,
    lost,
  });

  test.each<[PartPlan["change"], number]>([
    ["unchanged", 0],
    ["in place", 2],
    ["rolling", 2],
    ["created", 2],
    ["replaced", 3],
    ["destroyed", 3],
  ])("%s ends with %d", (change, code) => {
    expect(exitCode([part("unchanged"), part(change)])).toBe(code);
  });

  test("the table names what is lost first, and counts what it leaves out", () => {
    const reasons = Array.from({ length: 10 }, (_, index) => `reason ${index}`);
    expect(planTable([{ ...part("unchanged"), part: "network" }, part("replaced", reasons, ["all"])])).toEqual([
      "part       change     reasons",
      "network    unchanged",
      "cluster a  replaced   LOST: all",
      ...reasons.slice(0, 8).map((reason) => `                      ${reason}`),
      "                      and 2 more (ARGS=--json)",
    ]);
  });

  test.each<[PartPlan["change"][], string]>([
    [["unchanged"], "no change"],
    [["in place", "unchanged"], "1 part changes; nothing is lost"],
    [["in place", "rolling"], "2 parts change; nothing is lost"],
    [["in place", "destroyed"], "1 part is replaced or destroyed: read what is lost"],
  ])("%j is summed up", (changes, text) => {
    expect(planSummary(changes.map((change) => part(change)))).toBe(text);
  });
});

describe("reasons", () => {
  const reasonsOf = (type: string, before: object, after: object, diff: string[]): string[] =>
    planOf("cluster a", [
      ...standing("a"),
      step("update", `slipway:index:ManifestObjects$kubernetes:core/v1:${type}`, `m/${type}/default/x`, {
        deletedWith: clusterUrn("a"),
        before: before as Record<string, unknown>,
        after: after as Record<string, unknown>,
        diff,
      }),
    ])?.reasons ?? [];

  test("name the keys of a Secret that differ, and show nothing of its metadata", () => {
    const hidden = { data: "[secret]", metadata: { annotations: { copy: "hunter2" } } };
    expect(reasonsOf("Secret", hidden, { ...hidden, metadata: {} }, ["data.password", "metadata.annotations"])).toEqual(
      ["Secret default/x: data.password, metadata.annotations"],
    );
  });

  test("name a secret value in another object, and no difference from what is there", () => {
    const data = { "a.yaml": "[secret]", open: "1" };
    expect(reasonsOf("ConfigMap", { data }, { data: { ...data, open: "2" } }, ['data["a.yaml"]', "data.open"])).toEqual(
      ['Secret default/x: data["a.yaml"] (secret), data.open 1 → 2'.replace("Secret", "ConfigMap")],
    );
    // The state of an earlier version has the value in clear.
    expect(reasonsOf("ConfigMap", { data: { a: "hunter2" } }, { data: { a: "[secret]" } }, ["data.a"])).toEqual([
      "ConfigMap default/x: data.a (secret)",
    ]);
  });
});

const classObject = (patches: object[], machines = "machines-1"): Record<string, unknown> => ({
  metadata: { name: "quick", namespace: "default" },
  spec: {
    controlPlane: { templateRef: { name: "plane-1" }, machineInfrastructure: { templateRef: { name: "machines-1" } } },
    workers: {
      machineDeployments: [
        {
          class: "worker",
          bootstrap: { templateRef: { name: "workers-1" } },
          infrastructure: { templateRef: { name: machines } },
        },
      ],
    },
    patches,
  },
});
const patchFor = (name: string, matchResources: object, template: string): object => ({
  name,
  definitions: [{ selector: { matchResources }, jsonPatches: [{ valueFrom: { template } }] }],
});
const patches = [
  patchFor("security", { controlPlane: true }, "{{ .security.level }}"),
  patchFor("disk", { machineDeploymentClass: { names: ["work*"] } }, "{{ .disk }}"),
];
const classStep = (op: string, before: object, after = before): PlanStep =>
  step(
    op,
    "slipway:index:ClusterClass$kubernetes:cluster.x-k8s.io/v1beta2:ClusterClass",
    "class-default-quick/ClusterClass/default/quick",
    {
      parent: urn("slipway:index:ClusterClass", "class-default-quick"),
      before: before as Record<string, unknown>,
      after: after as Record<string, unknown>,
    },
  );

interface Topology {
  version?: string;
  replicas?: number;
  variables?: object[];
  className?: string;
  checksum?: string;
}
const topologyOf = (change: Topology = {}): Record<string, unknown> => ({
  metadata: { name: "a", namespace: "default" },
  spec: {
    topology: {
      classRef: { name: change.className ?? "quick" },
      version: change.version ?? "v1.33.1",
      controlPlane: { replicas: 1, metadata: { annotations: { "dev.slipway/class": change.checksum ?? "1" } } },
      workers: { machineDeployments: [{ name: "md-0", class: "worker", replicas: change.replicas ?? 1 }] },
      variables: change.variables ?? [{ name: "disk", value: 1 }],
    },
  },
});
const topologyPlan = (change: Topology, classes: PlanStep[] = [classStep("same", classObject(patches))]) =>
  planOf("cluster a", [
    component("WorkloadCluster", "a"),
    ...classes,
    capi("update", "a", "Cluster", "a", { before: topologyOf(), after: topologyOf(change) }),
  ]);

describe("a cluster with a class", () => {
  test("rolls all of its machines with another version", () => {
    expect(topologyPlan({ version: "v1.34.0" })).toEqual({
      part: "cluster a",
      change: "rolling",
      reasons: [
        "Cluster default/a: spec.topology.version v1.33.1 → v1.34.0",
        "the control plane rolls: Kubernetes v1.33.1 → v1.34.0",
        "pool md-0 rolls: Kubernetes v1.33.1 → v1.34.0",
      ],
      lost: [],
    });
  });

  test("rolls the machines whose patches read a changed variable, and no other", () => {
    const plan = topologyPlan({ variables: [{ name: "disk", value: 2 }] });
    expect(plan?.change).toBe("rolling");
    expect(plan?.reasons).toEqual([
      "Cluster default/a: variable disk 1 → 2",
      "pool md-0 rolls: variable disk (patch disk)",
    ]);
    const other = topologyPlan({
      variables: [
        { name: "disk", value: 1 },
        { name: "security", value: { level: 1 } },
      ],
    });
    expect(other?.reasons.slice(1)).toEqual(["the control plane rolls: variable security (patch security)"]);
  });

  test("changes in place with a variable that no patch reads, and with a number of machines", () => {
    const unread = topologyPlan({
      variables: [
        { name: "disk", value: 1 },
        { name: "disks", value: 1 },
      ],
    });
    expect([unread?.change, unread?.reasons.length]).toEqual(["in place", 1]);
    const scaled = topologyPlan({ replicas: 3 });
    expect([scaled?.change, scaled?.reasons.slice(1)]).toEqual(["in place", ["pool md-0 scales: 1 → 3"]]);
  });

  test("rolls the machines whose templates and patches change in the class", () => {
    const changed = classObject(
      [patches[0]!, patchFor("disk", { machineDeploymentClass: { names: ["*"] } }, "2")],
      "machines-2",
    );
    const plan = topologyPlan({ checksum: "2" }, [classStep("update", classObject(patches), changed)]);
    expect(plan?.change).toBe("rolling");
    expect(plan?.reasons).toEqual([
      "Cluster default/a: its class changes",
      "pool md-0 rolls: template machines-1 → machines-2; patch disk of the class",
    ]);
  });

  test("rolls only the machines whose templates differ between two classes of the stack", () => {
    const named = (className: string, worker: string): Record<string, unknown> => {
      const reference = (name: string): object => ({
        templateRef: { name: `${name.slice(0, -9)}-${className}-${name.slice(-8)}` },
      });
      return {
        metadata: { name: className, namespace: "default" },
        spec: {
          controlPlane: { ...reference("plane-11111111"), machineInfrastructure: reference("machines-11111111") },
          workers: {
            machineDeployments: [
              { class: "worker", bootstrap: reference(worker), infrastructure: reference("machines-11111111") },
            ],
          },
        },
      };
    };
    const rebase = (worker: string) =>
      topologyPlan({ className: "other" }, [
        classStep("delete", named("quick", "workers-11111111")),
        classStep("create", named("other", worker)),
      ]);
    expect(rebase("workers-11111111")?.change).toBe("in place");
    expect(rebase("workers-22222222")?.reasons.slice(1)).toEqual([
      "pool md-0 rolls: template workers-quick-11111111 → workers-other-22222222",
    ]);
  });

  test("says what it cannot know of a class that is not the stack's", () => {
    expect(topologyPlan({ className: "other" }, [])?.reasons.slice(1)).toEqual([
      "the control plane rolls: class quick → other, if its templates differ",
      "pool md-0 rolls: class quick → other, if its templates differ",
    ]);
  });

  test("has its class in a part of the plan, which clusters share", () => {
    const steps = [classStep("update", classObject(patches), classObject([])), ...standing("a")];
    expect(planOf("classes", steps)?.change).toBe("in place");
    expect(changePlan(standing("a")).map(({ part }) => part)).not.toContain("classes");
  });

  test("counts its machines among what is lost", () => {
    const gone = capi("delete", "a", "Cluster", "a", { before: topologyOf({ replicas: 2 }) });
    expect(planOf("cluster a", [component("WorkloadCluster", "a"), gone])?.lost.join()).toContain("3 nodes");
  });
});
