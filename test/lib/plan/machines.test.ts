import { describe, expect, test } from "@jest/globals";
import { changePlan } from "../../../lib/plan/plan";
import type { PlanStep } from "../../../lib/plan/step";

const workload = "slipway:index:WorkloadCluster";
const urn = (types: string, name: string): string => `urn:pulumi:dev::slipway::${types}::${name}`;
const groups: Record<string, string> = {
  Cluster: "cluster",
  MachineDeployment: "cluster",
  KubeadmControlPlane: "controlplane.cluster",
  KubeadmConfigTemplate: "bootstrap.cluster",
  KubeadmConfig: "bootstrap.cluster",
  MachinePool: "cluster",
};

const step = (
  op: string,
  kind: string,
  name: string,
  before?: object,
  after: object | undefined = before,
): PlanStep => {
  const state = { parent: urn(workload, "a") };
  return {
    op,
    urn: urn(`${workload}$kubernetes:${groups[kind]}.x-k8s.io/v1beta2:${kind}`, `a/${kind}/default/${name}`),
    ...(op === "create" ? {} : { oldState: { ...state, inputs: { ...before } } }),
    ...(op === "delete" ? {} : { newState: { ...state, inputs: { ...after } } }),
  };
};
const planOf = (...steps: PlanStep[]) => {
  const cluster: PlanStep = { op: "same", urn: urn(workload, "a") };
  return changePlan([cluster, step("same", "Cluster", "a", {}), ...steps]).find(({ part }) => part === "cluster a");
};
const controlPlane = (kubeadmConfigSpec: object) => ({ spec: { kubeadmConfigSpec } });
const update = (before: object, after: object) =>
  planOf(step("update", "KubeadmControlPlane", "a-control-plane", controlPlane(before), controlPlane(after)));
const node = (maxPods: string) => ({ nodeRegistration: { kubeletExtraArgs: [{ name: "max-pods", value: maxPods }] } });
const both = (init: string, join: string) => ({ initConfiguration: node(init), joinConfiguration: node(join) });
const path = "spec.kubeadmConfigSpec";

describe("a changed setting of kubeadm of a control plane", () => {
  test.each<[string, object, object, string, string[]]>([
    [
      "an argument of the API server",
      { clusterConfiguration: { apiServer: { extraArgs: [{ name: "a", value: "1" }] } } },
      { clusterConfiguration: { apiServer: { extraArgs: [{ name: "a", value: "2" }] } } },
      "rolling",
      [`${path}.clusterConfiguration.apiServer.extraArgs[0].value 1 → 2 (rolls machines)`],
    ],
    [
      "CoreDNS alone",
      { clusterConfiguration: { dns: { imageTag: "v1.12.0" } } },
      { clusterConfiguration: { dns: { imageTag: "v1.12.1" } } },
      "in place",
      [`${path}.clusterConfiguration.dns.imageTag v1.12.0 → v1.12.1 (rolls no machine)`],
    ],
    [
      "a timeout that Cluster API does not compare",
      { initConfiguration: { timeouts: { controlPlaneComponentHealthCheckSeconds: 1 } } },
      { initConfiguration: { timeouts: { controlPlaneComponentHealthCheckSeconds: 2 } } },
      "in place",
      [`${path}.initConfiguration.timeouts.controlPlaneComponentHealthCheckSeconds 1 → 2 (rolls no machine)`],
    ],
    [
      "both configurations of the node",
      both("60", "60"),
      both("70", "70"),
      "rolling",
      [
        "initConfiguration.nodeRegistration.kubeletExtraArgs[0].value 60 → 70 (rolls the first machine)",
        "joinConfiguration.nodeRegistration.kubeletExtraArgs[0].value 60 → 70 (rolls machines that joined)",
      ],
    ],
    [
      "initConfiguration alone, where joinConfiguration still describes the first machine",
      both("60", "60"),
      both("70", "60"),
      "in place",
      ["kubeletExtraArgs[0].value 60 → 70 (rolls no machine)"],
    ],
    [
      "initConfiguration alone, where joinConfiguration is another",
      both("60", "50"),
      both("70", "50"),
      "rolling",
      ["kubeletExtraArgs[0].value 60 → 70 (rolls the first machine)"],
    ],
    [
      "a command",
      { preKubeadmCommands: ["a"] },
      { preKubeadmCommands: ["b"] },
      "rolling",
      ["preKubeadmCommands[0] a → b (rolls machines)"],
    ],
  ])("%s", (_, before, after, change, texts) => {
    const plan = update(before, after);
    expect(plan?.change).toBe(change);
    for (const text of texts) expect(plan?.reasons.join("\n")).toContain(text);
  });
});

describe("a template that another template replaces", () => {
  const template = (op: string, name: string, value: string) =>
    step(op, "KubeadmConfigTemplate", name, {
      metadata: { name },
      spec: { template: { spec: { joinConfiguration: node(value) } } },
    });
  const reference = (name: string) => ({ spec: { template: { spec: { bootstrap: { configRef: { name } } } } } });
  const owner = step("update", "MachineDeployment", "a-p", reference("a-p-11111111"), reference("a-p-22222222"));

  test("shows each changed field, and that the field rolls machines", () => {
    const plan = planOf(template("delete", "a-p-11111111", "60"), template("create", "a-p-22222222", "70"), owner);
    expect(plan).toMatchObject({ change: "rolling" });
    expect(plan?.reasons).toEqual([
      "MachineDeployment default/a-p: spec.template.spec.bootstrap.configRef.name a-p-11111111 → a-p-22222222",
      "KubeadmConfigTemplate default/a-p: spec.template.spec.joinConfiguration.nodeRegistration.kubeletExtraArgs[0].value 60 → 70 (rolls machines)",
    ]);
  });

  test("is not compared with the template of another pool", () => {
    const plan = planOf(template("delete", "a-q-11111111", "60"), template("create", "a-p-22222222", "70"), owner);
    expect(plan?.reasons).toHaveLength(1);
  });

  test("of a MachinePool shows that the field reaches new machines only", () => {
    const config = (op: string, name: string, value: string) =>
      step(op, "KubeadmConfig", name, { spec: { joinConfiguration: node(value) } });
    const changed = step("update", "MachinePool", "a-p", reference("a-p-11111111"), reference("a-p-22222222"));
    const plan = planOf(config("delete", "a-p-11111111", "60"), config("create", "a-p-22222222", "70"), changed);
    expect(plan).toMatchObject({ change: "in place" });
    expect(plan?.reasons).toContain(
      "KubeadmConfig default/a-p: spec.joinConfiguration.nodeRegistration.kubeletExtraArgs[0].value 60 → 70 (reaches new machines only)",
    );
  });

  test("does not show a secret", () => {
    const secret = (op: string, name: string, value: string) =>
      step(op, "KubeadmConfigTemplate", name, { spec: { template: { spec: { files: [{ content: value }] } } } });
    const plan = planOf(secret("delete", "a-p-11111111", "[secret]"), secret("create", "a-p-22222222", "open"), owner);
    expect(plan?.reasons[1]).toBe(
      "KubeadmConfigTemplate default/a-p: spec.template.spec.files[0].content (secret) (rolls machines)",
    );
  });
});

test("the kind cluster shows the changed lines of its configuration", () => {
  const kind = (op: string, before: string, after: string): PlanStep => ({
    op,
    urn: urn("slipway:index:ManagementCluster$kind:index:KindCluster", "management-kind"),
    oldState: { inputs: { config: before } },
    newState: { inputs: { config: after } },
  });
  const lines = ["nodes:", "  - extraMounts:", "      - containerPath: /srv/a", "        hostPath: /srv/a"];
  const [plan] = changePlan([kind("replace", "nodes:\n", lines.join("\n"))]).filter(
    ({ part }) => part === "management cluster",
  );
  expect(plan).toMatchObject({ change: "replaced", lost: [expect.stringContaining("the kind cluster")] });
  expect(plan?.reasons.join()).toContain("config with extraMounts:, with containerPath: /srv/a, with hostPath: /srv/a");
});
