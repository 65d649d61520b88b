import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import type { Settings } from "../lib/settings/types";
import { type ExistingManagement, withOwner } from "../preflight/management/existing";
import { inputs } from "./helpers/fixtures";
import { type Program, recordProgram } from "./helpers/program";
import { type Recording, type Registration, waitsFor } from "./helpers/recorder";

const mockExisting: ExistingManagement = {
  kubeconfig: JSON.stringify({ users: [{ user: { "client-key-data": "a-private-key" } }] }),
  uid: "0d3c",
  namespaces: { default: "", "kube-system": "", theirs: "", mine: "slipway/empty" },
  hasClusterApi: true,
  running: {},
};

/** As preflight/prepare would give it: nothing to load, and nothing to install where the settings say so. */
const mockInputs = (settings: Settings): ReturnType<typeof inputs> => {
  const all = inputs(settings);
  const { certManager, providers } = all.manifests;
  const installs = settings.management.installProviders;
  const nothing = { name: "cert-manager", crds: [], objects: [] };
  return {
    ...all,
    nodeImages: { certManager: {}, providers: {} },
    existing: mockExisting,
    manifests: {
      ...all.manifests,
      certManager: installs ? withOwner(certManager, "slipway/empty") : nothing,
      providers: installs ? providers.map((one) => withOwner(one, "slipway/empty")) : [],
    },
  };
};
jest.mock("../preflight/prepare", () => ({ prepare: (settings: Settings) => Promise.resolve(mockInputs(settings)) }));
const program = jest.requireActual<Program>("..");

const run = (clusters: object[], config: Record<string, string> = {}, preview = false): Promise<Recording> =>
  recordProgram(program, {
    preview,
    stack: "empty",
    config: {
      "slipway:managementKubeconfig": "their.yaml",
      "slipway:clusters": JSON.stringify(clusters),
      ...config,
    },
  });

// The block of addresses that the mocked service answers with.
const real = { name: "east", namespace: "mine", loadBalancerSlot: 0 };
const guest = { name: "guest", namespace: "theirs", backend: "inMemory" };

let up: Recording;
let preview: Recording;

beforeAll(async () => {
  up = await run([real, guest]);
  preview = await run([real, guest], {}, true);
});

const ofType = (recording: Recording, type: RegExp): Registration[] =>
  recording.registrations.filter((one) => type.test(one.type));
const resource = (name: string): Registration =>
  up.registrations.find((one) => one.name === name && !one.type.startsWith("slipway:"))!;
const workloads = [/^east(-|\/)/, /^guest(-|\/)/];
/** Returns the resources in the management cluster: all except those inside a workload cluster. */
const inManagement = (one: Registration): boolean =>
  !one.type.startsWith("slipway:") &&
  !one.type.startsWith("pulumi:") &&
  !workloads.some((pattern) => pattern.test(one.name));

describe("a management cluster that is there", () => {
  test("is neither made nor loaded with images", () => {
    expect(up.registrations.map((one) => one.name).filter((name) => /-kind$|-images$|^capd-image/.test(name))).toEqual(
      [],
    );
    expect(ofType(up, /^kind:index:(KindCluster|ImageLoad)$/)).toEqual([]);
  });

  test("gives the same graph in a preview, where every output is unknown", () => {
    const urns = (recording: Recording): string[] => recording.registrations.map((one) => one.urn).sort();
    expect(urns(preview)).toEqual(urns(up));
  });

  test("has nothing deletedWith anything: all that the stack made in it is really deleted", () => {
    expect(up.registrations.filter((one) => inManagement(one) && one.deletedWith !== "")).toEqual([]);
    const cluster = up.find("east/Cluster/mine/east");
    expect(cluster.deletedWith).toBe("");
    // A cluster's own parts still go with the Cluster, in Cluster API's order.
    expect(up.find("east/KubeadmControlPlane/mine/east-control-plane").deletedWith).toBe(cluster.urn);
  });

  test("loses Clusters first, then providers, then kinds and namespaces", () => {
    const order = [
      "east/Cluster/mine/east",
      "cluster-api-webhooks",
      "cluster-api/Deployment/capi-system/capi-controller-manager",
      "cluster-api/Certificate/capi-system/serving-cert",
      "cert-manager-webhook",
      "cert-manager/Deployment/cert-manager/cert-manager-webhook",
      "cert-manager/CustomResourceDefinitions",
      "existing_management-kubeconfig",
    ].map(resource);
    for (const [index, earlier] of order.entries()) {
      for (const later of order.slice(index + 1)) {
        expect([earlier.name, later.name, waitsFor(up, earlier, later)]).toEqual([earlier.name, later.name, true]);
      }
    }
    for (const crd of ofType(up, /^command:/).filter((one) => one.inputs.create === "steps/crds-apply")) {
      if (inManagement(crd)) expect(crd.inputs.delete).toBe("steps/crds-delete");
    }
  });

  test("loses objects without the garbage collector, which waits while CRDs are deleted", () => {
    const objects = up.registrations.filter(
      (one) => inManagement(one) && one.type.startsWith("kubernetes:") && !one.read,
    );
    expect(objects.length).toBeGreaterThan(20);
    for (const { inputs: object } of objects) {
      const { annotations } = object.metadata as { annotations?: Record<string, string> };
      expect(annotations?.["pulumi.com/deletionPropagationPolicy"]).toBe("background");
    }
  });

  test("keeps its kinds while objects are left that others made", () => {
    const guards = ofType(up, /^command:/).filter((one) => one.inputs.delete === "steps/kinds-unused");
    const kinds = guards.map((one) => [one.name, (one.inputs.environment as Record<string, string>).KINDS]);
    expect(kinds).toEqual([
      ["cert-manager-webhook", "certificates.cert-manager.io issuers.cert-manager.io clusterissuers.cert-manager.io"],
      ["cluster-api-webhooks", "clusters.cluster.x-k8s.io"],
    ]);
  });

  test("keeps namespaces that were there, and marks those of the stack", () => {
    const namespaces = ofType(up, /^kubernetes:core\/v1:Namespace$/).filter(inManagement);
    expect(namespaces.map((one) => one.name)).toContain("clusters/Namespace/mine");
    expect(namespaces.map((one) => one.name)).not.toContain("clusters/Namespace/theirs");
    for (const { inputs: object } of namespaces) {
      const { annotations } = object.metadata as { annotations: Record<string, string> };
      expect(annotations).toMatchObject({ "dev.slipway.stack": "slipway/empty" });
    }
  });

  test("is known by the UID of kube-system, another one being another cluster", () => {
    const provider = up.find("existing_management", "pulumi:providers:kubernetes");
    expect(provider.inputs.clusterIdentifier).toBe("existing_management-0d3c");
    const copy = resource("existing_management-kubeconfig");
    expect(copy.inputs.triggers).toEqual(["0d3c"]);
    const along = up.registrations.filter((one) => inManagement(one) && one.type.startsWith("kubernetes:"));
    expect(along.every((one) => one.replaceWith.includes(copy.urn))).toBe(true);
    expect(resource("east-identity").replaceWith).toEqual([copy.urn]);
  });

  test("has its key in secrets only", () => {
    const secretMark = "4dabf18193072939515e22adb298388d";
    const hide = (_key: string, value: unknown): unknown =>
      typeof value === "object" && value !== null && secretMark in value ? "secret" : value;
    const open = up.registrations.filter((one) => JSON.stringify(one.inputs, hide).includes("a-private-key"));
    expect(open.map((one) => one.urn)).toEqual([]);
    expect(resource("existing_management-kubeconfig").inputs.logging).toBe("none");
  });

  test("is named in the outputs as no container can be", () => {
    expect(up.outputs.managementCluster).toBe("existing_management");
    expect(Object.keys(up.outputs.kubeconfigs as object)).toEqual(["existing_management", "east"]);
  });
});

describe("providers that are there", () => {
  test("are left alone, and clusters wait for none", async () => {
    const bare = await run([real], { "slipway:installProviders": "false" });
    expect(ofType(bare, /ProviderInstall$/)).toEqual([]);
    expect(bare.registrations.filter((one) => /^(cert-manager|cluster-api|infrastructure-)/.test(one.name))).toEqual(
      [],
    );
    expect(ofType(bare, /:Cluster$/).map((one) => one.name)).toEqual(["east/Cluster/mine/east"]);
  });
});

describe("Docker's network", () => {
  const networks = (recording: Recording): Registration[] => ofType(recording, /^docker:/);

  test("is made for containers of the stack, before any is asked for", () => {
    const [network] = networks(up);
    expect(waitsFor(up, up.find("east/Cluster/mine/east"), network!)).toBe(true);
  });

  test("is not made where there are none", async () => {
    expect(networks(await run([guest]))).toEqual([]);
  });

  test("is not made where it is adopted", async () => {
    expect(networks(await run([real], { "slipway:adoptNetwork": "true" }))).toEqual([]);
  });
});

test("a cert-manager of others is asked, and its certificates do not hold up the destroy", async () => {
  const recording = await run([guest], { "slipway:installCertManager": "false" });
  const gate = recording.find("cert-manager-webhook").inputs as { delete?: string; environment: object };
  expect(gate.delete).toBeUndefined();
  expect(gate.environment).not.toHaveProperty("KINDS");
  expect(up.find("cert-manager-webhook").inputs).toMatchObject({ delete: "steps/kinds-unused" });
});
