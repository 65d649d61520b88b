import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import type { Settings } from "../lib/settings/types";
import { inputs } from "./helpers/fixtures";
import { type Program, recordProgram } from "./helpers/program";
import type { Recording, Registration } from "./helpers/recorder";

jest.mock("../preflight/prepare", () => ({ prepare: (settings: Settings) => Promise.resolve(inputs(settings)) }));
const program = jest.requireActual<Program>("..");

const run = (clusters: object[], preview = false): Promise<Recording> =>
  recordProgram(program, { preview, stack: "empty", config: { "slipway:clusters": JSON.stringify(clusters) } });

const first = { name: "east", namespace: "team", loadBalancerSlot: 0, manifests: ["extra/widget.yaml"] };
const middle = { name: "middle", namespace: "team", application: false, workers: [{ name: "p", replicas: 2 }] };
const simulated = { name: "rehearsal", backend: "inMemory", workerReplicas: 3 };
const bare = { name: "bare", cni: "none", loadBalancer: "none" };

/** In an order that does not depend on when a promise was kept. */
const byUrn = (registrations: Registration[]): Registration[] =>
  [...registrations].sort((a, b) => (a.urn < b.urn ? -1 : 1));

/** What belongs to a cluster: its own resources, and those with its name before a hyphen or slash. */
const of = (recording: Recording, name: string): Registration[] =>
  byUrn(recording.registrations).filter((one) => new RegExp(`^${name}($|[-/])`).test(one.name));

let all: Recording;

beforeAll(async () => {
  all = await run([first, middle, simulated, bare]);
});

describe("several clusters", () => {
  test("have no resource in common, and none of one name and type", () => {
    const urns = all.registrations.map((one) => one.urn);
    expect(new Set(urns).size).toBe(urns.length);
    const sets = ["east", "middle", "rehearsal", "bare"].map((name) => of(all, name).map((one) => one.urn));
    expect(sets.every((set) => set.length > 3)).toBe(true);
    expect(new Set(sets.flat()).size).toBe(sets.flat().length);
  });

  test("have ranges of their own", () => {
    const ranges = all.registrations.filter((one) => one.name.endsWith("/IPAddressPool/metallb-system/slipway"));
    const addresses = ranges.map((one) => (one.inputs.spec as { addresses: string[] }).addresses[0]);
    expect(addresses).toHaveLength(2);
    expect(addresses[0]).toBe("172.18.255.248-172.18.255.254");
    expect(addresses[1]).not.toBe(addresses[0]);
  });

  test("share a namespace that belongs to neither", () => {
    const namespaces = all.registrations.filter(
      (one) => one.type === "kubernetes:core/v1:Namespace" && one.name.endsWith("/team"),
    );
    expect(namespaces.map((one) => one.name)).toEqual(["clusters/Namespace/team"]);
    expect(namespaces[0]?.deletedWith).toBe(all.find("management-kind").urn);
    for (const name of ["east", "middle"]) {
      expect(all.find(`${name}/Cluster/team/${name}`).dependencies).toContain(namespaces[0]?.urn);
    }
  });

  test("have the application where it is on", () => {
    const applications = all.registrations.filter((one) => one.type === "slipway:index:Application");
    expect(applications.map((one) => one.name)).toEqual(["east-application"]);
    expect(all.outputs.urls).toEqual({ east: "http://172.18.255.248/" });
    expect(all.outputs.url).toBe("http://172.18.255.248/");
  });

  test("are listed with their ranges, nodes and kubeconfigs", () => {
    expect(all.outputs.clusters).toEqual([
      expect.objectContaining({ name: "east", namespace: "team", loadBalancerRange: "172.18.255.248-172.18.255.254" }),
      expect.objectContaining({ name: "middle", loadBalancerRange: expect.stringMatching(/^172\.18\./) }),
      { name: "rehearsal", namespace: "default", version: expect.any(String), nodes: [] },
      { name: "bare", namespace: "default", version: expect.any(String), nodes: [] },
    ]);
    expect(Object.keys(all.outputs.kubeconfigs as object)).toEqual(["clusterapi", "east", "middle", "bare"]);
  });

  test("are the same in a preview, where every output is unknown", async () => {
    const preview = await run([first, middle, simulated, bare], true);
    const urns = (recording: Recording): string[] => recording.registrations.map((one) => one.urn).sort();
    expect(urns(preview)).toEqual(urns(all));
  });

  test.each<[string, object[]]>([
    ["removing the one in the middle", [first, simulated, bare]],
    ["changing their order", [bare, middle, simulated, first]],
    ["adding another", [first, { name: "west", application: false }, middle, simulated, bare]],
  ])("%s leaves the others' resources as they were", async (_, clusters) => {
    const changed = await run(clusters);
    for (const name of ["east", "rehearsal", "bare"]) expect(of(changed, name)).toEqual(of(all, name));
    // A namespace lists names of earlier versions for each of its clusters, so its aliases may change.
    const shared = (recording: Recording): Registration[] =>
      byUrn(recording.registrations)
        .filter(
          (one) => !/^(east|middle|rehearsal|bare|west)\b/.test(one.name) && !one.type.startsWith("pulumi:pulumi"),
        )
        .map((one) => ({ ...one, aliases: [] }));
    expect(shared(changed)).toEqual(shared(all));
  });
});

describe("an in-memory cluster", () => {
  test("is Cluster API's objects alone: no kubeconfig, no provider, nothing that waits for nodes", () => {
    const types = of(all, "rehearsal").map((one) => one.type.replace(/.*:/, ""));
    expect(types.sort()).toEqual(
      [
        "Cluster",
        "Command", // its identity, which leads a replacement
        "DevCluster",
        "DevMachineTemplate",
        "DevMachineTemplate",
        "KubeadmConfigTemplate",
        "KubeadmControlPlane",
        "MachineDeployment",
        "WorkloadCluster",
      ].sort(),
    );
    expect(all.find("rehearsal/DevCluster/default/rehearsal").inputs.spec).toEqual({ backend: { inMemory: {} } });
  });

  test("is waited for by its control plane's condition", () => {
    const { annotations } = all.find("rehearsal/KubeadmControlPlane/default/rehearsal-control-plane").inputs
      .metadata as { annotations: Record<string, string> };
    expect(annotations["pulumi.com/waitFor"]).toBe(
      JSON.stringify(["condition=Initialized", "condition=RollingOut=False"]),
    );
  });
});

test("a cluster without a pod network is not waited for", () => {
  expect(of(all, "bare").map((one) => one.name)).toEqual(expect.not.arrayContaining(["bare-nodes", "bare-cni"]));
});

test("further manifests wait for the pod network, and their objects for the CRDs that they define", () => {
  const kind = all.find("east-manifests/extra/widget.yaml/kinds/CustomResourceDefinitions");
  expect(kind.dependencies).toContain(all.find("east-cni/DaemonSet/kube-system/calico-node").urn);
  const widget = all.find("east-manifests/extra/widget.yaml/Widget/default/one");
  expect(widget.dependencies).toContain(kind.urn);
  expect(widget.deletedWith).toBe(all.find("east/Cluster/team/east").urn);
});

test.each(["release", "source"] as const)(
  "many is 50 clusters without a container of their own, on the %s route",
  async (route) => {
    const many = await recordProgram(program, { preview: false, stack: "many", route });
    const count = (type: string): number => many.registrations.filter((one) => one.type.endsWith(`:${type}`)).length;
    expect([count("Cluster"), count("MachineDeployment"), count("Application"), count("MetalLb")]).toEqual([
      50, 50, 0, 0,
    ]);
    expect(many.outputs.urls).toEqual({});
  },
);
