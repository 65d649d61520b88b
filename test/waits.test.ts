import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import type { Manifest } from "../lib/kubernetes/manifest";
import type { KubernetesObject } from "../lib/kubernetes/object";
import type { Settings } from "../lib/settings/types";
import type { Inputs } from "../preflight/prepare";
import { inputs } from "./helpers/fixtures";
import { isAwaited, needsOf, stepNeeds } from "./helpers/needs";
import { type Program, recordProgram } from "./helpers/program";
import { type Recording, type Registration, waitsFor } from "./helpers/recorder";

const object = (apiVersion: string, kind: string, name: string, more: object = {}): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: "default" },
  ...more,
});

const labels = { app: "web" };
const pod = {
  serviceAccountName: "web",
  containers: [{ name: "web", image: "example.org/web:v1", envFrom: [{ secretRef: { name: "web-token" } }] }],
  volumes: [
    { name: "a", configMap: { name: "web-config" } },
    { name: "b", persistentVolumeClaim: { claimName: "web-data" } },
    { name: "c", secret: { secretName: "web-tls" } },
  ],
};
const template = { spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } } };

/** Each kind that the plugin waits for, in the order that is worst for waits. */
const everyWait: KubernetesObject[] = [
  object("networking.k8s.io/v1", "Ingress", "web", {
    spec: { rules: [{ http: { paths: [{ path: "/", backend: { service: { name: "web" } } }] } }] },
  }),
  object("v1", "Pod", "web", { spec: pod }),
  object("v1", "ReplicationController", "web", template),
  object("apps/v1", "Deployment", "web", template),
  object("apps/v1", "StatefulSet", "web", template),
  object("apps/v1", "DaemonSet", "web", template),
  object("batch/v1", "Job", "web", template),
  object("v1", "Service", "web", { spec: { selector: labels, type: "LoadBalancer" } }),
  object("v1", "Secret", "web-token", { type: "kubernetes.io/service-account-token" }),
  object("v1", "ServiceAccount", "web"),
  object("v1", "ConfigMap", "web-config"),
  object("v1", "PersistentVolumeClaim", "web-data", { spec: { storageClassName: "local" } }),
  object("v1", "PersistentVolume", "web-data"),
  object("v1", "ResourceQuota", "web"),
  object("storage.k8s.io/v1", "StorageClass", "local"),
  object("cert-manager.io/v1", "Certificate", "web", { spec: { secretName: "web-tls" } }),
  object("cert-manager.io/v1", "Issuer", "web", { spec: { selfSigned: {} } }),
];
everyWait.find(({ kind }) => kind === "Secret")!.metadata.annotations = { "kubernetes.io/service-account.name": "web" };

const certManager: Omit<Manifest, "name"> = {
  crds: ["issuers", "certificates"].map((kind) => ({ name: `${kind}.cert-manager.io`, sha256: "a".repeat(64) })),
  objects: [
    object("apps/v1", "Deployment", "cert-manager-webhook", { spec: { template: { spec: { containers: [] } } } }),
  ],
};

const manifests: Record<string, Manifest> = {
  apart: { name: "apart", crds: [], objects: everyWait },
  brings: { name: "brings", ...certManager },
  both: { name: "both", crds: certManager.crds, objects: [...everyWait, ...certManager.objects] },
};

jest.mock("../preflight/prepare", () => ({
  prepare: (settings: Settings) => {
    const usual = inputs(settings);
    const preparedInputs: Inputs = { ...usual, manifests: { ...usual.manifests, extra: manifests } };
    return Promise.resolve(preparedInputs);
  },
}));
const program = jest.requireActual<Program>("..");

const recordWith = (entry: object, stack = "offline"): Promise<Recording> =>
  recordProgram(program, {
    preview: false,
    stack,
    config: { "slipway:clusters": JSON.stringify([{ name: "capd", loadBalancerSlot: 0, ...entry }]) },
  });

/** Pairs of a wait and what the wait does not come after, as `later -> earlier`. */
const missing = (recording: Recording): string[] =>
  recording.registrations.filter(isAwaited).flatMap((one) =>
    needsOf(recording, one)
      .filter((need) => !waitsFor(recording, one, need))
      .map((need) => `${one.name} -> ${need.name}`),
  );

const find = (recording: Recording, name: string): Registration =>
  recording.registrations.find((one) => one.name === name && !one.type.startsWith("slipway:"))!;

describe.each([
  ["without manifests", {}],
  ["with every kind that is waited for and cert-manager in another manifest", { manifests: ["apart", "brings"] }],
  ["with every kind that is waited for and cert-manager in one manifest", { manifests: ["both"] }],
])("a cluster %s", (_title, entry) => {
  let recording: Recording;
  beforeAll(async () => {
    recording = await recordWith(entry);
  });

  test("waits for nothing that a later resource brings", () => {
    expect(missing(recording)).toEqual([]);
  });

  test.each(stepNeeds)("lets %s come after what it waits for", (later, needs) => {
    const early = needs.filter((need) => !waitsFor(recording, find(recording, later), find(recording, need)));
    expect(early).toEqual([]);
  });
});

test("the manifest with every kind has a need for nearly each of them", async () => {
  const recording = await recordWith({ manifests: ["apart", "brings"] });
  const without = recording.registrations
    .filter((one) => one.name.includes("/apart/") && isAwaited(one) && needsOf(recording, one).length === 0)
    .map(({ name }) => name.replace(/.*apart\//, ""));
  expect(without.sort()).toEqual(["PersistentVolume/default/web-data", "ResourceQuota/default/web"]);
});

describe("a claim", () => {
  test("is not waited for: the pod that binds a claim comes later", async () => {
    const claim = (await recordWith({ manifests: ["apart"] })).find(
      "capd-manifests/apart/PersistentVolumeClaim/default/web-data",
    );
    expect(claim.inputs.metadata).toMatchObject({ annotations: { "pulumi.com/skipAwait": "true" } });
    expect(claim.ignoreChanges).toEqual(['metadata.annotations["pulumi.com/skipAwait"]']);
  });
});

test("an application whose pod network a manifest brings comes after what runs of the manifest", async () => {
  const recording = await recordWith({ manifests: ["apart"], loadBalancer: "cloud-provider-kind", cni: "none" }, "dev");
  const deployment = recording.find("capd-application/Deployment/default/nginx");
  const brought = (kind: string): Registration => recording.find(`capd-manifests/apart/${kind}/default/web`);
  expect(waitsFor(recording, deployment, brought("DaemonSet"))).toBe(true);
  // An Ingress may lead to the application itself.
  expect(waitsFor(recording, deployment, brought("Ingress"))).toBe(false);
});

test.each([
  ["one manifest", ["both"], "both", "both"],
  ["two manifests", ["brings", "apart"], "brings", "apart"],
  ["two manifests in the other order", ["apart", "brings"], "brings", "apart"],
])("cert-manager and certificates in %s have a gate between them", async (_title, manifests, bringer, user) => {
  const recording = await recordWith({ manifests });
  const gate = recording.find(`capd-manifests/${bringer}/cert-manager-webhook`);
  const webhook = recording.find(`capd-manifests/${bringer}/Deployment/default/cert-manager-webhook`);
  expect(waitsFor(recording, gate, webhook)).toBe(true);
  expect(waitsFor(recording, recording.find(`capd-manifests/${user}/Issuer/default/web`), gate)).toBe(true);
});
