import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { KubernetesObject } from "../../lib/kubernetes/object";
import { root } from "../../system/checkout";
import { fakeCheckout, type FakeCheckout } from "../helpers/fakeCheckout";
import { recordedApi, type RecordedApi, type ServedKinds } from "../helpers/recordedApi";

const kubectl = join(root, ".tools", "bin", "kubectl");
const withKubectl = existsSync(kubectl) ? describe : describe.skip;

let checkout: FakeCheckout;
let home: string;
beforeEach(() => {
  checkout = fakeCheckout();
  checkout.fakeTool("clusterctl", "true");
  symlinkSync(kubectl, join(checkout.folder, ".tools", "bin", "kubectl"));
  home = mkdtempSync(join(tmpdir(), "slipway-kube-home-"));
});
afterEach(() => {
  checkout.remove();
  rmSync(home, { recursive: true });
});

/** Conditions in the form of an API version. */
const statusOf = (version: string, conditions: Record<string, string>): object => {
  const list = Object.entries(conditions).map(([type, status]) => ({ type, status, observedGeneration: 1 }));
  return version === "v1beta1"
    ? { observedGeneration: 1, conditions: [{ type: "Ready", status: "True" }], v1beta2: { conditions: list } }
    : { observedGeneration: 1, conditions: list };
};

const owned = (
  apiVersion: string,
  kind: string,
  name: string,
  spec: object,
  status: object,
  labels: Record<string, string> = { "cluster.x-k8s.io/cluster-name": "one" },
): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: "team", generation: 1, resourceVersion: "1", labels },
  spec,
  status,
});

const clusterObject = (version: string, isAvailable = "True"): KubernetesObject =>
  owned(`cluster.x-k8s.io/${version}`, "Cluster", "one", {}, statusOf(version, { Available: isAvailable }), {});

const template = {
  spec: { bootstrap: { configRef: { name: "b" } }, infrastructureRef: { name: "i" }, version: "v1.34.4" },
};

const deployment = (version: string, isRolling = "False"): KubernetesObject[] => [
  owned(
    `cluster.x-k8s.io/${version}`,
    "MachineDeployment",
    "one-md-0",
    { replicas: 1, template },
    { replicas: 1, ...statusOf(version, { RollingOut: isRolling }) },
  ),
  owned(
    `cluster.x-k8s.io/${version}`,
    "MachineSet",
    "one-md-0-abcde",
    { replicas: 1, template },
    { replicas: 1 },
    {
      "cluster.x-k8s.io/cluster-name": "one",
      "cluster.x-k8s.io/deployment-name": "one-md-0",
    },
  ),
];

/** A pool as a provider of managed machines reports it: the conditions of its version, and references to nodes. */
const pool = (version: string, name: string, nodes: string[]): KubernetesObject =>
  owned(
    `cluster.x-k8s.io/${version}`,
    "MachinePool",
    name,
    { replicas: nodes.length, template },
    {
      replicas: nodes.length,
      phase: "Running",
      nodeRefs: nodes.map((node) => ({ kind: "Node", name: node })),
      ...statusOf(version, version === "v1beta1" ? {} : { Paused: "False" }),
    },
  );

const controlPlane = (version: string, isRolling = "False"): KubernetesObject =>
  owned(
    `controlplane.cluster.x-k8s.io/${version}`,
    "KubeadmControlPlane",
    "one-control-plane",
    { replicas: 1 },
    statusOf(version, { RollingOut: isRolling, Initialized: "True" }),
  );

const node = (
  name: string,
  kind: string,
  owner: string,
  kubeletVersion: string,
  isReady = "True",
): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name, annotations: { "cluster.x-k8s.io/owner-kind": kind, "cluster.x-k8s.io/owner-name": owner } },
  status: { nodeInfo: { kubeletVersion }, conditions: [{ type: "Ready", status: isReady }] },
});

const crd = (name: string): KubernetesObject => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name },
});

const kindsOf = (version: string): ServedKinds => [
  ["Node", "v1"],
  ["CustomResourceDefinition", "apiextensions.k8s.io/v1"],
  ...["Cluster", "MachineDeployment", "MachineSet", "MachinePool"].map(
    (kind) => [kind, `cluster.x-k8s.io/${version}`] as const,
  ),
];

const deploymentCrd = crd("machinedeployments.cluster.x-k8s.io");
const kubeadmCrd = crd("kubeadmcontrolplanes.controlplane.cluster.x-k8s.io");
const withKubeadm = (version: string): ServedKinds => [
  ...kindsOf(version),
  ["KubeadmControlPlane", `controlplane.cluster.x-k8s.io/${version}`],
];

const wait = async (
  kinds: ServedKinds,
  objects: KubernetesObject[],
  environment: Record<string, string>,
): Promise<{ status: number | null; stdout: string; stderr: string }> => {
  const api: RecordedApi = await recordedApi(kinds, objects);
  const kubeconfig = join(home, "kubeconfig");
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      ...{ apiVersion: "v1", kind: "Config", "current-context": "a", users: [{ name: "a", user: {} }] },
      clusters: [{ name: "a", cluster: { server: api.url } }],
      contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
    }),
  );
  const child = spawn("bash", ["steps/wait-for-nodes"], {
    cwd: checkout.folder,
    env: {
      ...{ PATH: process.env.PATH, HOME: home, KUBECONFIG: kubeconfig, WORKLOAD_KUBECONFIG: kubeconfig },
      ...{ CLUSTER: "one", NAMESPACE: "team", DAEMON_SETS: "", TIMEOUT: "1s" },
      ...environment,
    },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
  child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
  api.close();
  return { status, stdout, stderr };
};

withKubectl("wait-for-nodes with recorded objects and the real kubectl", () => {
  test.each(["v1beta1", "v1beta2"])(
    "knows the rollout of a kubeadm cluster in %s",
    async (version) => {
      const nodes = [
        node("one-control-plane-1", "KubeadmControlPlane", "one-control-plane", "v1.34.4"),
        node("one-md-0-abcde-1", "MachineSet", "one-md-0-abcde", "v1.34.4"),
      ];
      const environment = { NODES: "2", OWNERS: "one-control-plane one-md-0", VERSION: "1.34.4" };
      const run = (...objects: KubernetesObject[]) =>
        wait(withKubeadm(version), [kubeadmCrd, deploymentCrd, ...nodes, ...objects], environment);
      const done = await run(clusterObject(version), controlPlane(version), ...deployment(version));
      expect(done).toMatchObject({ status: 0, stdout: "one-control-plane-1\none-md-0-abcde-1\n" });
      const rolling = await run(clusterObject(version), controlPlane(version, "True"), ...deployment(version));
      expect([rolling.status, rolling.stderr]).toEqual([
        1,
        expect.stringContaining("the rollout of machines is not complete"),
      ]);
      const unavailable = await run(clusterObject(version, "False"), controlPlane(version), ...deployment(version));
      expect([unavailable.status, unavailable.stderr]).toEqual([1, expect.stringContaining("it is not Available")]);
    },
    120_000,
  );

  test.each(["v1beta1", "v1beta2"])(
    "knows a managed control plane with machines of a deployment in %s",
    async (version) => {
      const { status, stdout } = await wait(
        withKubeadm(version),
        [
          ...[kubeadmCrd, deploymentCrd, clusterObject(version), ...deployment(version)],
          node("ip-10-0-1-7", "MachineSet", "one-md-0-abcde", "v1.34.7-eks-3cf1a2b"),
        ],
        { NODES: "1", OWNERS: "one-cp one-md-0", VERSION: "v1.34" },
      );
      expect([status, stdout]).toEqual([0, "ip-10-0-1-7\n"]);
    },
    60_000,
  );

  test.each(["v1beta1", "v1beta2"])(
    "knows machine pools in %s without any KubeadmControlPlane or deployment",
    async (version) => {
      const names = ["aks-system-0", "aks-system-1"];
      const objects = [
        deploymentCrd,
        clusterObject(version),
        pool(version, "one-system", names),
        pool(version, "one-user", ["aks-user-0"]),
      ];
      const nodes = (isReady = "True") => [
        ...names.map((name) => node(name, "MachinePool", "one-system", "v1.34.2")),
        node("aks-user-0", "MachinePool", "one-user", "v1.34.2", isReady),
      ];
      const environment = { NODES: "3", OWNERS: "one one-system one-user", VERSION: "v1.34" };
      const done = await wait(kindsOf(version), [...objects, ...nodes()], environment);
      expect([done.status, done.stdout]).toEqual([0, "aks-system-0\naks-system-1\naks-user-0\n"]);
      for (const missing of [nodes("False"), nodes().slice(1)]) {
        const { status, stderr } = await wait(kindsOf(version), [...objects, ...missing], environment);
        expect([status, stderr]).toEqual([1, expect.stringContaining("there are not 3 nodes Ready at v1.34")]);
      }
    },
    120_000,
  );

  test("does not count the nodes of a pool whose size another controller sets", async () => {
    const objects = [deploymentCrd, clusterObject("v1beta2"), node("a", "MachinePool", "one-fixed", "v1.34.4")];
    const scaled = ["b", "c", "d"].map((name) => node(name, "MachinePool", "one-scaled", "v1.34.4"));
    const environment = {
      NODES: "1",
      OWNERS: "one one-fixed one-scaled",
      SCALED_OWNERS: "one-scaled",
      VERSION: "1.34.4",
    };
    expect((await wait(kindsOf("v1beta2"), [...objects, ...scaled], environment)).stdout).toBe("a\nb\nc\nd\n");
    expect((await wait(kindsOf("v1beta2"), objects, environment)).status).toBe(0);
  }, 60_000);

  test("knows a managed control plane without any node", async () => {
    const environment = { NODES: "0", OWNERS: "one-cp", VERSION: "v1.34" };
    const { status, stdout } = await wait(kindsOf("v1beta2"), [deploymentCrd, clusterObject("v1beta2")], environment);
    expect([status, stdout]).toEqual([0, ""]);
  }, 60_000);

  test.each([
    ["v1.34.4+k3s1", "1.34.4", 0],
    ["v1.34.4+rke2r1", "v1.34.4", 0],
    ["v1.34.4-gke.1000", "v1.34", 0],
    ["v1.34.40", "1.34.4", 1],
    ["v1.3.4", "v1.34", 1],
    ["v1.35.0-rc.1", "1.35.0", 1],
  ])(
    "compares the kubelet's version %s with %s",
    async (kubelet, wanted, code) => {
      const objects = [deploymentCrd, clusterObject("v1beta2"), node("a", "MachinePool", "one-p", kubelet)];
      const { status } = await wait(kindsOf("v1beta2"), objects, { NODES: "1", OWNERS: "one-p", VERSION: wanted });
      expect(status).toBe(code);
    },
    60_000,
  );
});
