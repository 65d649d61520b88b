import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { startPlugin } from "../../../helpers/startPlugin";

const program = ".tools/bin/pulumi-resource-kubernetes";
/** The release route has Pulumi's own program, which asks the API for more than this test's server has. */
const isOurs = existsSync(program) && realpathSync(program).includes("/source/");

const served: Record<string, unknown> = {
  "/version": { major: "1", minor: "34", gitVersion: "v1.34.0" },
  "/api/v1": {
    kind: "APIResourceList",
    groupVersion: "v1",
    resources: [
      { name: "namespaces", kind: "Namespace", namespaced: false },
      { name: "configmaps", kind: "ConfigMap", namespaced: true },
    ],
  },
  "/apis/cert-manager.io/v1": {
    kind: "APIResourceList",
    groupVersion: "cert-manager.io/v1",
    resources: [
      { name: "certificates/status", kind: "Certificate", namespaced: true },
      { name: "certificates", kind: "Certificate", namespaced: true },
    ],
  },
  "/apis/cert-manager.io/v1/namespaces/system/certificates/x": { kind: "Certificate", metadata: { name: "x" } },
  "/api/v1/namespaces/system": { kind: "Namespace", metadata: { name: "system" } },
  "/api/v1/namespaces/default/configmaps/c": { kind: "ConfigMap", metadata: { name: "c" } },
};

const folder = mkdtempSync(join(tmpdir(), "slipway-plugin-"));
let api: Server;
let kubeconfig: string;
let asked: string[] = [];
let close = (): void => undefined;

beforeAll(async () => {
  api = createServer((request, response) => {
    const path = (request.url ?? "").split("?")[0]!;
    asked.push(`${request.method} ${path}`);
    const found = served[path];
    response.writeHead(found === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(found ?? { kind: "Status", status: "Failure", reason: "NotFound", code: 404 }));
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  kubeconfig = JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "a",
    contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
    clusters: [{ name: "a", cluster: { server: `http://127.0.0.1:${(api.address() as AddressInfo).port}` } }],
    users: [{ name: "a", user: {} }],
  });
});
afterEach(() => {
  close();
  asked = [];
});
afterAll(() => {
  api.close();
  rmSync(folder, { recursive: true });
});

interface Case {
  type?: string;
  inputs: Record<string, JavaScriptValue>;
  preview?: boolean;
  config?: Record<string, string>;
  env?: Record<string, string>;
}

/** Creates an object with a fresh plugin; gives the plugin's error, or the properties that it returns. */
const create = async ({ type, inputs, preview = false, config = {}, env = {} }: Case): Promise<unknown> => {
  const own = { PATH: process.env.PATH, HOME: folder, TMPDIR: folder };
  const plugin = await startPlugin(program, { ...own, ...env });
  close = plugin.close;
  const configure = new proto.ConfigureRequest().setAcceptsecrets(true);
  for (const [name, value] of Object.entries({ kubeconfig, ...config })) {
    configure.getVariablesMap().set(`kubernetes:config:${name}`, value);
  }
  await new Promise<void>((resolve, reject) =>
    plugin.client.configure(configure, (error) => (error ? reject(error) : resolve())),
  );
  asked = [];
  const request = new proto.CreateRequest()
    .setUrn(`urn:pulumi:dev::slipway::${type ?? "kubernetes:cert-manager.io/v1:Certificate"}::name`)
    .setProperties(Struct.fromJavaScript(inputs))
    .setPreview(preview);
  return new Promise((resolve) =>
    plugin.client.create(request, (error, response) =>
      resolve(error ? error.details : response.getProperties()?.toJavaScript()),
    ),
  );
};

const certificate = (metadata: Record<string, JavaScriptValue>): Record<string, JavaScriptValue> => ({
  apiVersion: "cert-manager.io/v1",
  kind: "Certificate",
  metadata,
});
const existing = certificate({ name: "x", namespace: "system" });
/** What the module answers here: it does not find a schema at this API, so it takes the cluster for unreachable. */
const passedOn = expect.stringContaining("unreachable");
const secret = (value: JavaScriptValue): JavaScriptValue => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

(isOurs ? describe : describe.skip)("the Kubernetes plugin of the source route, as the released one since 4.29", () => {
  test("refuses to create an object that exists, and names the ways out", async () => {
    const answer = await create({ inputs: existing });
    expect(answer).toMatch(
      /^resource "urn:\S+" was not successfully created by the Kubernetes API server: certificates\.cert-manager\.io "x" already exists\n\nThe resource already exists in the cluster\./,
    );
    for (const way of ["alias", "deleteBeforeReplace", "Patch resource", "pulumi import", "upsertExistingObjects"]) {
      expect(answer).toContain(way);
    }
    expect(asked).toContain("GET /apis/cert-manager.io/v1/namespaces/system/certificates/x");
  });

  test.each<[string, Case, string]>([
    [
      "of no namespace",
      {
        type: "kubernetes:core/v1:Namespace",
        inputs: { apiVersion: "v1", kind: "Namespace", metadata: { name: "system" } },
      },
      'namespaces "system" already exists',
    ],
    [
      "of the default namespace, with secret fields",
      {
        type: "kubernetes:core/v1:ConfigMap",
        inputs: { apiVersion: "v1", kind: "ConfigMap", metadata: secret({ name: "c" }), data: secret({ a: "b" }) },
      },
      'configmaps "c" already exists',
    ],
    [
      "where the configuration forbids what the environment allows",
      {
        inputs: existing,
        config: { upsertExistingObjects: "false" },
        env: { PULUMI_K8S_UPSERT_EXISTING_OBJECTS: "true" },
      },
      "already exists",
    ],
  ])("refuses one %s", async (_, input, expected) => expect(await create(input)).toContain(expected));

  test("returns the inputs as they are in a preview, which a replacement needs", async () =>
    expect(await create({ inputs: existing, preview: true })).toEqual(existing));

  test.each<[string, Case]>([
    ["the environment allows it", { inputs: existing, env: { PULUMI_K8S_UPSERT_EXISTING_OBJECTS: "true" } }],
    ["the configuration allows it", { inputs: existing, config: { upsertExistingObjects: "true" } }],
    ["a Patch resource asks", { inputs: existing, type: "kubernetes:cert-manager.io/v1:CertificatePatch" }],
    ["the object is missing", { inputs: certificate({ name: "y", namespace: "system" }) }],
    ["the namespace is missing", { inputs: certificate({ name: "x", namespace: "none" }) }],
    ["the name is generated", { inputs: certificate({ generateName: "x-", namespace: "system" }) }],
    ["the CRD is missing", { inputs: { ...existing, apiVersion: "cert-manager.io/v2" } }],
    ["a Helm release is created", { inputs: { chart: "x", name: "x" }, type: "kubernetes:helm.sh/v3:Release" }],
  ])("passes on to the module where %s", async (_, input) => expect(await create(input)).toEqual(passedOn));

  test("does not ask a cluster where objects are only rendered", async () => {
    const answer = await create({ inputs: existing, config: { renderYamlToDirectory: join(folder, "yaml") } });
    expect(answer).not.toEqual(expect.stringContaining("already exists"));
    expect(asked).toEqual([]);
  });

  test("reads a kubeconfig by its path, too", async () => {
    writeFileSync(join(folder, "kubeconfig"), kubeconfig);
    const config = { kubeconfig: join(folder, "kubeconfig") };
    expect(await create({ inputs: existing, config })).toContain("already exists");
  });
});
