import { describe, expect, jest, test } from "@jest/globals";
import type { Settings } from "../lib/settings/types";
import type { Inputs } from "../preflight/prepare";
import { inputs } from "./helpers/fixtures";
import { type Program, recordProgram } from "./helpers/program";
import { type Recording, type Registration, waitsFor } from "./helpers/recorder";
import { userManifest } from "./helpers/userManifests";

/** Texts of the manifests of a test, by location. */
let mockTexts: Readonly<Record<string, string>> = {};
/** What a manifest of Slipway itself has in place of the fixture's. */
let mockOwn: Partial<Inputs["manifests"]> = {};
jest.mock("../preflight/prepare", () => ({
  prepare: (settings: Settings) => {
    const usual = inputs(settings);
    const extra = Object.fromEntries(Object.entries(mockTexts).map(([name, text]) => [name, userManifest(name, text)]));
    return Promise.resolve({ ...usual, manifests: { ...usual.manifests, ...mockOwn, extra } });
  },
}));
const program = jest.requireActual<Program>("..");

const run = async (texts: Readonly<Record<string, string>>, fields: object = {}): Promise<Recording> => {
  mockTexts = texts;
  const clusters = [{ name: "capd", loadBalancerSlot: 0, manifests: Object.keys(texts), ...fields }];
  return recordProgram(program, {
    preview: false,
    stack: "offline",
    config: { "slipway:clusters": JSON.stringify(clusters) },
  });
};

const resource = (recording: Recording, name: string): Registration =>
  recording.find(`capd-manifests/${name}`, undefined);
const comesAfter = (recording: Recording, later: string, earlier: string): boolean =>
  waitsFor(recording, resource(recording, later), resource(recording, earlier));

const object = (apiVersion: string, kind: string, name: string, namespace: string, more = ""): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}, namespace: ${namespace}}\n${more}`;
const joined = (...documents: string[]): string => documents.join("---\n");
const pod = (labels: string, more = "{}"): string =>
  `spec: {selector: {matchLabels: ${labels}}, template: {metadata: {labels: ${labels}}, spec: {containers: [{name: c, image: i}], ...: ${more}}}}\n`.replace(
    ", ...: {}",
    "",
  );
const deployment = (name: string, namespace: string): string =>
  object("apps/v1", "Deployment", name, namespace, pod(`{app: ${name}}`));

const crd =
  "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: gadgets.example.org}\n" +
  "spec: {group: example.org, names: {kind: Gadget, plural: gadgets}}\n";
const gadget = object("example.org/v1", "Gadget", "one", "shop", "spec: {size: 1}\n");
const shop = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n";
const ops = "apiVersion: v1\nkind: Namespace\nmetadata: {name: ops}\n";
const webhook = (groups: string, resources: string, more = ""): string =>
  "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: w}\n" +
  `webhooks: [{name: w.example.org, clientConfig: {service: {name: hook, namespace: ops}}, rules: [{apiGroups: ${groups}, apiVersions: ["*"], operations: [CREATE], resources: ${resources}}]${more}}]\n`;
const hook = object("v1", "Service", "hook", "ops", "spec: {selector: {app: operator}}\n");
const operator = joined(ops, hook, deployment("operator", "ops"));
const gadgetHook = webhook("[example.org]", "[gadgets]");

describe("one object in several files of a cluster", () => {
  test("is one resource, with the name of the first", async () => {
    const recording = await run({ "a.yaml": joined(shop, shop), "b.yaml": shop });
    const names = recording.registrations.map(({ name }) => name).filter((name) => name.endsWith("/Namespace/shop"));
    expect(names).toEqual(["capd-manifests/a.yaml/Namespace/shop"]);
  });

  test("keeps its resource if another file defines it first", async () => {
    const recording = await run({ "a.yaml": shop, "b.yaml": shop, "c.yaml": ops });
    const former = ["b.yaml", "c.yaml"].map((file) => `capd-manifests/${file}/Namespace/shop`);
    expect(recording.aliases.get(resource(recording, "a.yaml/Namespace/shop").urn)).toEqual(former);
    const alone = await run({ "a.yaml": shop });
    expect(alone.aliases.get(resource(alone, "a.yaml/Namespace/shop").urn)).toEqual([]);
  });

  test("is one resource where the list names a file twice", async () => {
    const recording = await run({ "a.yaml": shop }, { manifests: ["a.yaml", "a.yaml"] });
    const urns = recording.registrations.map(({ urn }) => urn);
    expect(new Set(urns).size).toBe(urns.length);
  });
});

describe("an operator and its objects", () => {
  const gate = "webhook/ops/hook";

  test.each([
    ["one file, the object first", { a: joined(gadget, shop, crd, gadgetHook, operator) }, "a", "a", "a"],
    ["two files", { a: joined(crd, gadgetHook, operator), b: joined(shop, gadget) }, "a", "a", "b"],
    ["two files, the object first", { a: joined(gadget, shop), b: joined(crd, gadgetHook, operator) }, "b", "b", "a"],
    ["three files, the CRD last", { a: joined(gadget, shop), b: joined(gadgetHook, operator), c: crd }, "c", "b", "a"],
  ])("come up in %s", async (_title, texts, crds, server, user) => {
    const recording = await run(texts);
    const one = `${user}/Gadget/shop/one`;
    expect(comesAfter(recording, one, `${crds}/kinds/CustomResourceDefinitions`)).toBe(true);
    expect(comesAfter(recording, one, `${server}/Deployment/ops/operator`)).toBe(true);
    expect(comesAfter(recording, one, `${server}/${gate}`)).toBe(true);
    expect(comesAfter(recording, `${server}/${gate}`, `${server}/Deployment/ops/operator`)).toBe(true);
    expect(comesAfter(recording, one, `${user}/Namespace/shop`)).toBe(true);
    const { stdin } = resource(recording, `${server}/${gate}`).inputs;
    expect(stdin).toContain("kind: Gadget");
    expect(stdin).toContain("size: 1");
    expect(stdin).toContain("namespace: shop");
    expect(stdin).not.toContain("name: one");
  });

  test("wait for the service that converts the objects' versions", async () => {
    const conversion = `  conversion: {strategy: Webhook, webhook: {clientConfig: {service: {name: hook, namespace: ops}}}}\n`;
    const converted = crd.replace(
      /spec: \{(.*)\}\n$/,
      (_, fields: string) => `spec:\n  ${fields.replace(", names", "\n  names")}\n${conversion}`,
    );
    const recording = await run({ a: joined(shop, gadget), b: joined(converted, operator) });
    expect(comesAfter(recording, "a/Gadget/shop/one", "b/Deployment/ops/operator")).toBe(true);
  });

  test("do not wait for pods without a webhook, so that pods may wait for the objects", async () => {
    const recording = await run({ a: joined(crd, operator, shop, gadget) });
    expect(comesAfter(recording, "a/Gadget/shop/one", "a/kinds/CustomResourceDefinitions")).toBe(true);
    expect(comesAfter(recording, "a/Gadget/shop/one", "a/Deployment/ops/operator")).toBe(false);
    expect(comesAfter(recording, "a/Deployment/ops/operator", "a/Gadget/shop/one")).toBe(true);
  });

  test("do not wait for a webhook that lets objects pass without an answer", async () => {
    const ignored = webhook("[example.org]", "[gadgets]", ", failurePolicy: Ignore");
    const recording = await run({ a: joined(crd, ignored, operator, shop, gadget) });
    expect(comesAfter(recording, "a/Gadget/shop/one", "a/Deployment/ops/operator")).toBe(false);
  });

  test("wait for an API server that is a pod", async () => {
    const api =
      "apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: {name: v1.example.org}\n" +
      "spec: {group: example.org, version: v1, service: {name: hook, namespace: ops}}\n";
    const recording = await run({ a: joined(shop, gadget), b: joined(api, operator) });
    expect(comesAfter(recording, "a/Gadget/shop/one", `b/${gate}`)).toBe(true);
  });

  test("wait until a program has created a CRD that no file has", async () => {
    const recording = await run({ a: joined(shop, gadget), b: operator });
    expect(comesAfter(recording, "a/Gadget/shop/one", "a/served")).toBe(true);
    expect(comesAfter(recording, "b/Deployment/ops/operator", "a/Gadget/shop/one")).toBe(false);
  });

  test("come before pods if the pod network has their CRD", async () => {
    const pool = object("crd.projectcalico.org/v1", "IPPool", "mine", "default");
    const recording = await run({ a: joined(ops, pool, deployment("operator", "ops")) });
    expect(comesAfter(recording, "a/Deployment/ops/operator", "a/IPPool/default/mine")).toBe(true);
  });

  test("fail at once if no file has their CRD or a program", async () => {
    const recording = await run({ a: joined(shop, gadget) });
    expect(recording.registrations.filter(({ name }) => name.endsWith("/served"))).toEqual([]);
  });

  test("have a webhook that mounts a certificate of cert-manager in a third file", async () => {
    const certificate =
      object("cert-manager.io/v1", "Issuer", "self", "ops", "spec: {selfSigned: {}}\n") +
      `---\n${object("cert-manager.io/v1", "Certificate", "hook", "ops", "spec: {secretName: hook-tls, issuerRef: {name: self}}\n")}`;
    const mounting = object(
      "apps/v1",
      "Deployment",
      "operator",
      "ops",
      "spec: {template: {metadata: {labels: {app: operator}}, spec: {containers: [{name: c, image: i}], volumes: [{name: v, secret: {secretName: hook-tls}}]}}}\n",
    );
    const issuer =
      "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: issuers.cert-manager.io}\nspec: {names: {kind: Issuer}}\n";
    const certManager = joined(issuer, deployment("cert-manager-webhook", "cert-manager"));
    const recording = await run({
      user: joined(shop, gadget),
      operator: joined(crd, gadgetHook, ops, hook, mounting, `${certificate}`),
      "cert-manager": certManager,
    });
    const order = [
      "cert-manager/Deployment/cert-manager/cert-manager-webhook",
      "cert-manager/cert-manager-webhook",
      "operator/Issuer/ops/self",
      "operator/Certificate/ops/hook",
      "operator/Deployment/ops/operator",
      `operator/${gate}`,
      "user/Gadget/shop/one",
    ];
    const pairs = order.slice(1).map((later, index) => [later, comesAfter(recording, later, order[index]!)] as const);
    expect(pairs.filter(([, after]) => !after)).toEqual([]);
  });
});

describe("an object of Kubernetes that a webhook checks", () => {
  const checked = webhook("[networking.k8s.io, '']", "[ingresses, configmaps, pods, services, namespaces]");
  const map = (namespace: string): string => object("v1", "ConfigMap", "m", namespace);
  const ingress = object("networking.k8s.io/v1", "Ingress", "i", "shop", "spec: {}\n");

  test("waits for the webhook, unless the webhook's programs may need it", async () => {
    const recording = await run({ a: joined(shop, map("shop"), ingress), b: joined(checked, operator, map("ops")) });
    const server = "b/Deployment/ops/operator";
    expect(comesAfter(recording, "a/ConfigMap/shop/m", server)).toBe(true);
    expect(comesAfter(recording, "a/Ingress/shop/i", `b/webhook/ops/hook`)).toBe(true);
    expect(comesAfter(recording, server, "b/ConfigMap/ops/m")).toBe(true);
    expect(comesAfter(recording, server, "b/Service/ops/hook")).toBe(true);
    expect(comesAfter(recording, server, "a/Namespace/shop")).toBe(true);
  });

  test("is not in a circle where two webhooks check all objects of each other", async () => {
    const all = (name: string, namespace: string): string =>
      joined(
        `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${namespace}}\n`,
        webhook("['*']", "['*/*']")
          .replace("name: w}", `name: ${name}}`)
          .replace("name: hook, namespace: ops", `name: ${name}, namespace: ${namespace}`),
        object("v1", "Service", name, namespace, `spec: {selector: {app: ${name}}}\n`),
        object("v1", "ConfigMap", name, namespace),
        deployment(name, namespace),
      );
    const recording = await run({ a: all("one", "first"), b: all("two", "second") });
    const names = ["a/Deployment/first/one", "b/Deployment/second/two"];
    for (const name of names) {
      expect(waitsFor(recording, resource(recording, name), resource(recording, name))).toBe(false);
    }
  });
});

describe("the order of the files", () => {
  test("holds for objects that only have to exist, and namespaces of later files come first", async () => {
    const texts = {
      a: object("v1", "ConfigMap", "m", "shop"),
      b: joined(shop, object("v1", "ConfigMap", "later", "shop")),
    };
    const recording = await run({ ...texts, c: deployment("web", "shop") });
    expect(comesAfter(recording, "a/ConfigMap/shop/m", "b/Namespace/shop")).toBe(true);
    expect(comesAfter(recording, "b/ConfigMap/shop/later", "a/ConfigMap/shop/m")).toBe(true);
    expect(comesAfter(recording, "c/Deployment/shop/web", "b/ConfigMap/shop/later")).toBe(true);
  });

  test("lets a Deployment of the first file use the configuration of the last", async () => {
    const recording = await run({
      a: joined(shop, deployment("web", "shop")),
      b: object("v1", "ConfigMap", "m", "shop"),
    });
    expect(comesAfter(recording, "a/Deployment/shop/web", "b/ConfigMap/shop/m")).toBe(true);
  });
});

describe("a user's objects for MetalLB", () => {
  const pool = object("metallb.io/v1beta1", "IPAddressPool", "mine", "metallb-system");
  const texts = { a: joined(pool, object("v1", "ConfigMap", "m", "metallb-system")), b: deployment("web", "default") };

  test("wait for the MetalLB that Slipway installs, and nothing else does", async () => {
    const recording = await run(texts);
    const gate = recording.find("capd-metallb-webhook");
    for (const name of ["a/IPAddressPool/metallb-system/mine", "a/ConfigMap/metallb-system/m"]) {
      expect(waitsFor(recording, resource(recording, name), gate)).toBe(true);
    }
    expect(waitsFor(recording, resource(recording, "b/Deployment/default/web"), gate)).toBe(false);
  });

  test("do not wait for it where the user installs MetalLB", async () => {
    const recording = await run(texts, { loadBalancer: "none" });
    expect(recording.registrations.filter(({ name }) => name === "capd-metallb-webhook")).toEqual([]);
    expect(resource(recording, "a/IPAddressPool/metallb-system/mine").name).toBeDefined();
  });
});

describe("readiness probes", () => {
  const probe = { httpGet: { path: "/", port: 80 }, initialDelaySeconds: 60, periodSeconds: 30 };
  const probed = (kind: string): string =>
    object(
      "apps/v1",
      kind,
      "ledger",
      "default",
      `spec: {template: {spec: {containers: [{name: c, image: i, readinessProbe: ${JSON.stringify(probe)}}]}}}\n`,
    );
  const probeOf = (one: Registration): unknown =>
    (
      one.inputs as {
        spec: { template: { spec: { containers: { readinessProbe: unknown; startupProbe?: unknown }[] } } };
      }
    ).spec.template.spec.containers[0];

  test.each(["Deployment", "DaemonSet", "StatefulSet"])("of a user's %s arrive as written", async (kind) => {
    const recording = await run({ a: probed(kind) });
    expect(probeOf(resource(recording, `a/${kind}/default/ledger`))).toEqual({
      name: "c",
      image: "i",
      readinessProbe: probe,
    });
  });

  test.each([
    ["that Slipway pins are set to one second", false, { httpGet: probe.httpGet, periodSeconds: 1 }],
    ["that the user chose arrive as written", true, probe],
  ])("of a pod network %s", async (_title, asWritten, expected) => {
    mockOwn = {
      cni: { calico: { ...userManifest("calico", probed("DaemonSet").replace("ledger", "calico-node")), asWritten } },
    };
    const recording = await run({});
    mockOwn = {};
    expect(probeOf(recording.find("capd-cni/DaemonSet/default/calico-node"))).toMatchObject({
      readinessProbe: expected,
    });
  });
});
