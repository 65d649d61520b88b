import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { classAnnotation } from "../lib/base/labels";
import type { KubernetesObject } from "../lib/kubernetes/object";
import type { Settings } from "../lib/settings/types";
import type { Inputs } from "../preflight/prepare";
import type { LiveTopology } from "../preflight/management/topology";
import { readStackTopology } from "../preflight/manifests/topology";
import { inputs } from "./helpers/fixtures";
import { type Program, recordProgram } from "./helpers/program";
import { quickStartClass } from "./helpers/quickStart";
import { type Recording, type Registration, waitsFor } from "./helpers/recorder";

let mockRunning: Inputs["running"] = {};
let mockLive: LiveTopology | undefined;
let mockAccess: Pick<Inputs, "proxy" | "caBundle"> = {};
const mockInputs = async (settings: Settings, owner: string): Promise<Inputs> => ({
  ...inputs(settings),
  ...mockAccess,
  running: mockRunning,
  topology: await readStackTopology(settings, owner, {}, () => Promise.resolve(mockLive)),
});
jest.mock("../preflight/prepare", () => ({
  prepare: (settings: Settings, owner: string) => mockInputs(settings, owner),
}));
const program = jest.requireActual<Program>("..");

const folder = mkdtempSync(join(tmpdir(), "slipway-class-"));
const file = join(folder, "quick.yaml");
const simulated = join(folder, "simulated.yaml");
writeFileSync(file, quickStartClass);
writeFileSync(
  simulated,
  quickStartClass
    .replaceAll("backend: {docker: {}}", "backend: {inMemory: {}}")
    .replace("{name: quick-start}", "{name: simulated}"),
);
afterAll(() => rmSync(folder, { recursive: true }));

const clusters = [
  {
    name: "east",
    namespace: "team",
    class: file,
    application: false,
    controlPlaneReplicas: 3,
    workers: [{ name: "md-0", replicas: 2, labels: { "node.cluster.x-k8s.io/zone": "a" } }],
    variables: { podSecurityStandard: { enabled: false } },
  },
  { name: "west", namespace: "team", class: "quick-start", application: false },
  { name: "sim", class: simulated, backend: "inMemory" },
];
const run = (more: Record<string, string> = {}, preview = false): Promise<Recording> =>
  recordProgram(program, {
    preview,
    stack: "empty",
    config: { "slipway:clusters": JSON.stringify(clusters), ...more },
  });

let up: Recording;
beforeAll(async () => {
  up = await run();
});
const clusterClass = (): Registration => up.find("class-team-quick-start/ClusterClass/team/quick-start");
const cluster = (name: string, namespace = "team"): Registration => up.find(`${name}/Cluster/${namespace}/${name}`);
const waits = (one: Registration): string =>
  (one.inputs.metadata as { annotations: Record<string, string> }).annotations["pulumi.com/waitFor"] ?? "";

interface ClusterObject {
  topology: {
    classRef: object;
    version: string;
    controlPlane: { replicas: number; metadata: { annotations: Record<string, string> } };
    workers: object;
    variables: { name: string; value: unknown }[];
  };
}
const topology = (one: Registration): ClusterObject["topology"] => (one.inputs.spec as ClusterObject).topology;

describe("clusters with a class", () => {
  test("are one Cluster object each, the same in a preview", async () => {
    const urns = (recording: Recording): string[] => recording.registrations.map((one) => one.urn).sort();
    expect(urns(await run({}, true))).toEqual(urns(up));
    const objects = up.registrations.filter((one) => /^(east|west|sim)\//.test(one.name)).map((one) => one.name);
    expect(objects.sort()).toEqual(["east/Cluster/team/east", "sim/Cluster/default/sim", "west/Cluster/team/west"]);
  });

  test("have counts, version, networks and variables of the settings", () => {
    const { spec } = cluster("east").inputs;
    expect(spec).toMatchObject({ clusterNetwork: { pods: { cidrBlocks: ["192.168.0.0/16"] } } });
    const { classRef, version, controlPlane, workers, variables } = topology(cluster("east"));
    expect({ classRef, workers }).toEqual({
      classRef: { name: "quick-start" },
      workers: {
        machineDeployments: [
          {
            class: "default-worker",
            name: "md-0",
            replicas: 2,
            metadata: { labels: { "node.cluster.x-k8s.io/zone": "a" } },
          },
        ],
      },
    });
    expect(version).toMatch(/^v1\./);
    expect(controlPlane.replicas).toBe(3);
    expect(variables[0]).toEqual({ name: "podSecurityStandard", value: { enabled: false } });
  });

  test("whose class changes in the same run have an unknown value in a preview, and the checksum in an up", async () => {
    const checksum = (recording: Recording, name: string): unknown =>
      topology(recording.find(`${name}/Cluster/team/${name}`)).controlPlane.metadata.annotations[classAnnotation];
    const running = (name: string, value: unknown): KubernetesObject => ({
      apiVersion: "cluster.x-k8s.io/v1beta2",
      kind: "Cluster",
      metadata: { name, namespace: "team" },
      spec: { topology: { controlPlane: { metadata: { annotations: { [classAnnotation]: value } } } } },
    });
    const current = checksum(up, "west");
    mockLive = { classes: [], clusters: [running("east", "earlier"), running("west", current)] };
    try {
      const [preview, again] = [await run({}, true), await run()];
      expect([checksum(preview, "east"), checksum(preview, "west")]).toEqual([pulumi.runtime.unknownValue, current]);
      expect([checksum(again, "east"), checksum(again, "west")]).toEqual([current, current]);
    } finally {
      mockLive = undefined;
    }
  });

  test("share their class, which exists before them and is deleted after both", () => {
    const classes = up.registrations.filter((one) => one.type.endsWith(":ClusterClass") && one.name.includes("/"));
    expect(classes.map((one) => one.name).sort()).toEqual([
      "class-default-simulated/ClusterClass/default/simulated",
      "class-team-quick-start/ClusterClass/team/quick-start",
    ]);
    expect(waitsFor(up, cluster("east"), clusterClass())).toBe(true);
    expect(waitsFor(up, cluster("west"), clusterClass())).toBe(true);
    const templates = up.registrations.filter((one) => /^class-team-quick-start\/.*Template\//.test(one.name));
    expect(templates).toHaveLength(4);
    for (const template of templates) expect(waitsFor(up, clusterClass(), template)).toBe(true);
    expect(clusterClass().deletedWith).toBe(up.find("management-kind").urn);
    expect(waits(clusterClass())).toContain("VariablesReady");
  });

  test("get the node image of the stack by their version", () => {
    const { variables, version } = topology(cluster("east"));
    const images = variables.find(({ name }) => name === "slipwayNodeImages");
    expect(images?.value).toEqual({ [version]: expect.stringMatching(/^slipway\/node:/) });
    const { patches } = clusterClass().inputs.spec as { patches: { name: string }[] };
    expect(patches.map(({ name }) => name)).toEqual(["etcdImageTag", "customImage", "slipwayNodeImages"]);
    const image = up.registrations.find(({ name, type }) => name.startsWith("node-") && type.startsWith("kind:"))!;
    expect(waitsFor(up, cluster("east"), image)).toBe(true);
  });

  test("change with their class, whose checksum they have", () => {
    const checksum = (name: string): string =>
      topology(cluster(name)).controlPlane.metadata.annotations["dev.slipway/class"]!;
    expect(checksum("east")).toMatch(/^[0-9a-f]{8}$/);
    expect(checksum("west")).toBe(checksum("east"));
  });

  test("wait for the topology in a step, beside the wait for the API", () => {
    const step = up.find("east-topology");
    expect(step.inputs.create).toBe("steps/wait-for-topology");
    expect(step.inputs.environment).toMatchObject({ CLUSTER: "east", NAMESPACE: "team" });
    expect(waitsFor(up, step, cluster("east"))).toBe(true);
    expect(waitsFor(up, up.find("east-api"), step)).toBe(false);
    expect(up.find("east-api").inputs.environment).toMatchObject({
      CONTROL_PLANE: "cluster.cluster.x-k8s.io/east",
    });
    expect(waitsFor(up, up.find("east-nodes"), step)).toBe(true);
    expect(up.find("east-nodes").inputs.environment).not.toHaveProperty("OWNERS");
    expect(up.find("east-nodes").inputs.environment).toMatchObject({ NODES: "5" });
  });

  test("with simulated machines wait in the Cluster itself, without a node image", () => {
    expect(waits(cluster("sim", "default"))).toContain("TopologyReconciled");
    // Cluster API does not renew this condition after a change.
    expect(waits(cluster("sim", "default"))).not.toContain("condition=ControlPlaneInitialized");
    expect(up.registrations.some((one) => one.name === "sim-topology")).toBe(false);
    expect(topology(cluster("sim", "default"))).not.toHaveProperty("variables");
  });

  test("have an identity that tells them from clusters without a class", () => {
    expect(up.find("east-identity").inputs.triggers).toContain("machines of a class");
  });

  test("that run change their contents after their control plane", async () => {
    mockRunning = { "team/east": { lowest: "v1.33.1", highest: "v1.33.1" } };
    const change = await run();
    expect(
      waitsFor(change, change.find("east-cni/DaemonSet/kube-system/calico-node"), change.find("east-topology")),
    ).toBe(true);
    mockRunning = {};
  });
});

test("nodes of a class get authorities as they join, and the proxy from Cluster API", async () => {
  mockAccess = { proxy: { HTTPS_PROXY: "http://proxy:3128" }, caBundle: "-----BEGIN CERTIFICATE-----" };
  try {
    const recording = await run();
    const environment = (name: string): unknown => recording.find(name).inputs.environment;
    expect(environment("east-node-authorities")).toEqual({ CLUSTER: "east", NODES: "5" });
    expect(environment("east-node-files")).toEqual({ CLUSTER: "east" });
    const networks = recording.registrations.filter(({ name }) => /DaemonSet\/.*calico-node$/.test(name));
    expect(networks).toHaveLength(2);
    const files = recording.find("east-node-authorities");
    expect(networks.map((one) => waitsFor(recording, one, files))).toEqual([false, false]);
  } finally {
    mockAccess = {};
  }
});
