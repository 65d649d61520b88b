import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import { templateParts } from "../lib/cluster/template/parts";
import type { Settings } from "../lib/settings/types";
import { inputs } from "./helpers/fixtures";
import { type Program, recordProgram } from "./helpers/program";
import { type Recording, type Registration, waitsFor } from "./helpers/recorder";

const mockTemplate = `
apiVersion: cluster.x-k8s.io/v1beta1
kind: Cluster
metadata: {name: "\${CLUSTER_NAME}"}
spec:
  infrastructureRef: {apiVersion: infrastructure.cluster.x-k8s.io/v1beta2, kind: OwnCluster, name: "\${CLUSTER_NAME}"}
  controlPlaneRef: {apiVersion: controlplane.cluster.x-k8s.io/v1beta1, kind: KubeadmControlPlane, name: "\${CLUSTER_NAME}"}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: OwnCluster
metadata: {name: "\${CLUSTER_NAME}"}
spec: {identityRef: {kind: OwnIdentity, name: account}}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: OwnIdentity
metadata: {name: account}
spec: {password: "\${PASSWORD}", user: "\${USER_NAME}"}
---
apiVersion: v1
kind: Secret
metadata: {name: key}
stringData: {key: "\${PASSWORD}"}
---
apiVersion: controlplane.cluster.x-k8s.io/v1beta1
kind: KubeadmControlPlane
metadata: {name: "\${CLUSTER_NAME}"}
spec:
  replicas: \${CONTROL_PLANE_MACHINE_COUNT}
  machineTemplate: {infrastructureRef: {kind: OwnMachineTemplate, name: machines}}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: OwnMachineTemplate
metadata: {name: machines}
spec: {template: {spec: {}}}
---
apiVersion: cluster.x-k8s.io/v1beta1
kind: MachineDeployment
metadata: {name: "\${CLUSTER_NAME}-md-0"}
spec:
  clusterName: \${CLUSTER_NAME}
  replicas: \${WORKER_MACHINE_COUNT}
  template: {spec: {infrastructureRef: {kind: OwnMachineTemplate, name: machines}}}
`;

const mockInputs = (settings: Settings): ReturnType<typeof inputs> => ({
  ...inputs(settings),
  templates: Object.fromEntries(
    settings.clusters.map((cluster) => [
      cluster.name,
      templateParts(mockTemplate, "own.yaml", cluster, {
        variables: cluster.template?.variables ?? {},
        secrets: settings.templateSecrets,
        setting: "templateVariables",
      }),
    ]),
  ),
});
jest.mock("../preflight/prepare", () => ({ prepare: (settings: Settings) => Promise.resolve(mockInputs(settings)) }));
const program = jest.requireActual<Program>("..");

const cluster = {
  name: "east",
  namespace: "team",
  template: "own.yaml",
  templateVariables: { USER_NAME: "ops" },
  loadBalancer: "external",
};
const config = {
  "slipway:clusters": JSON.stringify([cluster]),
  "slipway:templateSecrets": JSON.stringify({ PASSWORD: "a-password" }),
  "slipway:providers": JSON.stringify([{ name: "own", version: "v1.0.0", manifest: "own-components.yaml" }]),
};
const run = (preview = false, more: Record<string, string> = {}): Promise<Recording> =>
  recordProgram(program, { preview, stack: "empty", config: { ...config, ...more } });

let up: Recording;
beforeAll(async () => {
  up = await run();
});
const find = (name: string): Registration => up.find(`east/${name}`);
const machines = (): Registration =>
  up.registrations.find((one) => /OwnMachineTemplate\/team\/machines-/.test(one.name))!;

describe("a cluster from a template", () => {
  test("is a resource an object, the same in a preview", async () => {
    const urns = (recording: Recording): string[] => recording.registrations.map((one) => one.urn).sort();
    expect(urns(await run(true))).toEqual(urns(up));
    const kinds = up.registrations.filter((one) => one.name.startsWith("east/")).map((one) => one.name.split("/")[1]);
    expect(kinds.sort()).toEqual(
      [
        "Cluster",
        "KubeadmControlPlane",
        "MachineDeployment",
        "OwnCluster",
        "OwnIdentity",
        "OwnMachineTemplate",
        "Secret",
      ].sort(),
    );
  });

  test("ends as any other: the Cluster for real, its parts with it, and what it was made with afterwards", () => {
    const { urn, deletedWith } = find("Cluster/team/east");
    expect(deletedWith).toBe("");
    for (const part of [find("OwnCluster/team/east"), find("MachineDeployment/team/east-md-0"), machines()]) {
      expect(part.deletedWith).toBe(urn);
    }
    for (const other of [find("OwnIdentity/team/account"), find("Secret/team/key")]) {
      expect(other.deletedWith).toBe(up.find("management-kind").urn);
      expect(waitsFor(up, find("Cluster/team/east"), other)).toBe(true);
    }
  });

  test("has its control plane waited for, and its machines after what they are made from", () => {
    const controlPlane = find("KubeadmControlPlane/team/east");
    const { annotations } = controlPlane.inputs.metadata as { annotations: Record<string, string> };
    expect(annotations["pulumi.com/waitFor"]).toContain(
      JSON.stringify('jsonpath={.status.v1beta2.conditions[?(@.type=="Initialized")].status}=True'),
    );
    expect(waitsFor(up, controlPlane, machines())).toBe(true);
    expect(waitsFor(up, find("MachineDeployment/team/east-md-0"), machines())).toBe(true);
  });

  test("gets the same add-ons, and a page at whatever address its cloud gives", () => {
    expect(up.find("east-cni/DaemonSet/kube-system/calico-node").deletedWith).toBe(find("Cluster/team/east").urn);
    const service = up.find("east-application/Service/default/nginx").inputs.metadata as { annotations: object };
    expect(service.annotations).toEqual({ "pulumi.com/waitFor": "jsonpath={.status.loadBalancer.ingress[0]}" });
    expect(up.outputs.url).toBe("http://172.18.255.248/");
    expect(up.find("east-nodes").inputs.environment).toMatchObject({ NODES: "2", CLUSTER: "east" });
  });

  test("has its Service after manifests that may bring the controller of its load balancer", async () => {
    const brought = { ...cluster, manifests: ["cloud.yaml"] };
    const cloud = await run(false, { "slipway:clusters": JSON.stringify([brought]) });
    const service = cloud.find("east-application/Service/default/nginx");
    expect(waitsFor(cloud, service, cloud.find("east-manifests/cloud.yaml/Widget/default/one"))).toBe(true);
  });

  test("takes MetalLB's addresses from the settings", async () => {
    const balanced = { ...cluster, loadBalancer: "metallb", loadBalancerAddresses: "172.18.255.248/29" };
    const metal = await run(false, { "slipway:clusters": JSON.stringify([balanced]) });
    const pool = metal.find("east-metallb/IPAddressPool/metallb-system/slipway").inputs.spec;
    expect(pool).toMatchObject({ addresses: ["172.18.255.248-172.18.255.255"] });
  });

  test("has no node image of this machine's Docker", () => {
    expect(up.registrations.filter((one) => one.type === "slipway:index:NodeImage")).toEqual([]);
  });
});

describe("a secret of a template", () => {
  const secretMark = "4dabf18193072939515e22adb298388d";

  test("goes to the engine as one, with everything around it in the open", () => {
    expect(find("OwnIdentity/team/account").inputs.spec).toEqual({
      password: { [secretMark]: expect.any(String), value: "a-password" },
      user: "ops",
    });
  });

  test("is nowhere else", () => {
    const hide = (_key: string, value: unknown): unknown =>
      typeof value === "object" && value !== null && secretMark in value ? "secret" : value;
    const open = up.registrations.filter((one) => JSON.stringify(one.inputs, hide).includes("a-password"));
    expect(open.map((one) => one.urn)).toEqual([]);
  });
});
