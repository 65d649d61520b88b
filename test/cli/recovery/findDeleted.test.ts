import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Target } from "../../../cli/pulumi/run";
import type { ExportedState } from "../../../cli/pulumi/state";
import { listObjects, missingIn } from "../../../cli/recovery/clusterObjects";
import { findDeletions, type LastAnswers } from "../../../cli/recovery/findDeleted";
import { restoreDeleted } from "../../../cli/recovery/restoreDeleted";
import type { RecordedObject, RecordedResource } from "../../../lib/plan/deletedObjects";
import type { ApiAnswer, KubernetesApi } from "../../../system/kubernetesApi";

/** An API server by its answers; a path without an answer is a 404. */
const api = (
  answers: Record<string, unknown>,
  status: (path: string) => number | undefined = () => undefined,
): KubernetesApi => {
  const get = (path: string): Promise<ApiAnswer> => {
    const forced = status(path);
    if (forced === 0) return Promise.reject(new Error("no answer within 5 s"));
    if (forced !== undefined) return Promise.resolve({ status: forced, body: {} });
    return Promise.resolve(path in answers ? { status: 200, body: answers[path] } : { status: 404, body: {} });
  };
  return { get, getObject: get, close: () => undefined };
};

const list = (...names: (string | [string, string])[]): unknown => ({
  items: names.map((name) => {
    const [namespace, objectName] = typeof name === "string" ? ["default", name] : name;
    return { metadata: { name: objectName, ...(namespace ? { namespace } : {}) } };
  }),
});
const core = {
  resources: [
    { name: "services", kind: "Service" },
    { name: "services/status", kind: "Service" },
  ],
};
const apps = { resources: [{ name: "deployments", kind: "Deployment" }] };
const answers = {
  "/api/v1": core,
  "/apis/apps/v1": apps,
  "/api/v1/services": list("web"),
  "/apis/apps/v1/deployments": list("web", ["metallb-system", "controller"]),
};

const recorded = (apiVersion: string, kind: string, name: string, namespace?: string): RecordedObject => ({
  ...{ urn: `urn:${name}`, apiVersion, kind, name },
  ...(namespace ? { namespace } : {}),
});
const objects = [
  recorded("v1", "Service", "web", "default"),
  recorded("apps/v1", "Deployment", "web"),
  recorded("apps/v1", "Deployment", "controller", "metallb-system"),
  recorded("metallb.io/v1beta1", "IPAddressPool", "pool", "metallb-system"),
];
const missing = async (server: KubernetesApi): Promise<string[]> =>
  missingIn(await listObjects(server, objects), "east", objects).map(
    ({ name, isTerminating }) => `${name}${isTerminating ? " ending" : ""}`,
  );

describe("missing objects", () => {
  test("are missing in all lists, or have a type that the API server no longer knows", async () => {
    expect(await missing(api(answers))).toEqual(["pool"]);
    expect(await missing(api({ ...answers, "/api/v1/services": list() }))).toEqual(["web", "pool"]);
  });

  test("are not objects of a cluster-scoped type that the plugin recorded in the namespace default", async () => {
    const group = "runtime.cluster.x-k8s.io/v1beta2";
    const configs = { resources: [{ name: "extensionconfigs", kind: "ExtensionConfig" }] };
    const all = [
      recorded(group, "ExtensionConfig", "extension", "default"),
      recorded(group, "ExtensionConfig", "gone", "default"),
    ];
    const server = api({
      "/api/v1": core,
      [`/apis/${group}`]: configs,
      [`/apis/${group}/extensionconfigs`]: list(["", "extension"]),
    });
    expect(missingIn(await listObjects(server, all), "east", all).map(({ name }) => name)).toEqual(["gone"]);
  });

  test("include objects that are being deleted", async () => {
    const ending = {
      items: [{ metadata: { name: "web", namespace: "default", deletionTimestamp: "2026-11-30T00:00:00Z" } }],
    };
    expect(await missing(api({ ...answers, "/api/v1/services": ending }))).toEqual(["web ending", "pool"]);
  });

  test.each([
    ["that does not answer", () => 0],
    ["that answers some questions only", (path: string) => (path.endsWith("/deployments") ? 0 : undefined)],
    ["that refuses a question", (path: string) => (path.endsWith("/services") ? 403 : undefined)],
    ["that is overloaded", (path: string) => (path === "/apis/apps/v1" ? 503 : undefined)],
    ["that knows no API at all", () => 404],
  ])("are never concluded from an API server %s", async (_, status) => {
    await expect(missing(api(answers, status))).rejects.toThrow();
  });
});

describe("deletions in a stack", () => {
  const checkout = mkdtempSync(join(tmpdir(), "slipway-deleted-"));
  const target: Target = { checkout, stack: "dev", backend: "file:///nowhere", variables: {} };
  beforeAll(() => {
    mkdirSync(join(checkout, ".slipway", "kubeconfigs", "dev"), { recursive: true });
    for (const name of ["clusterapi", "east", "west"])
      writeFileSync(join(checkout, ".slipway", "kubeconfigs", "dev", `${name}.yaml`), "");
  });
  afterAll(() => rmSync(checkout, { recursive: true }));

  const component = (name: string): string => `urn:pulumi:dev::slipway::slipway:index:WorkloadCluster::${name}`;
  const resource = (
    cluster: string,
    apiVersion: string,
    kind: string,
    name: string,
    more: object = {},
  ): RecordedResource => ({
    urn: `urn:pulumi:dev::slipway::${kind}::${cluster}/${name}`,
    type: `kubernetes:${apiVersion}:${kind}`,
    provider: `urn:pulumi:dev::slipway::pulumi:providers:kubernetes::${cluster}::id`,
    inputs: { apiVersion, kind, metadata: { name, namespace: "default" } },
    ...more,
  });
  const state: RecordedResource[] = ["east", "west"].flatMap((name) => [
    { urn: component(name), type: "slipway:index:WorkloadCluster" },
    { urn: `${component(name)}-identity`, type: "command:local:Command", parent: component(name) },
    resource("clusterapi", "cluster.x-k8s.io/v1beta2", "Cluster", name, { parent: component(name) }),
    resource(name, "v1", "Service", "web"),
  ]);
  const clusters = (...names: string[]) => ({
    "/api/v1": core,
    "/apis/cluster.x-k8s.io/v1beta2": { resources: [{ name: "clusters", kind: "Cluster" }] },
    "/apis/cluster.x-k8s.io/v1beta2/clusters": list(...names),
  });

  const search = (servers: Record<string, KubernetesApi>, opened: string[] = []) =>
    findDeletions(target, state, (name) => {
      opened.push(name);
      const server = servers[name];
      return server ? Promise.resolve(server) : Promise.reject(new Error("refused"));
    });

  test("are a lost cluster, which is not queried, and objects of other clusters", async () => {
    const opened: string[] = [];
    const west = api({ "/api/v1": core, "/api/v1/services": list() });
    const deletions = await search({ clusterapi: api(clusters("west")), west }, opened);
    expect(deletions.clusters.map(({ name }) => name)).toEqual(["east"]);
    expect(deletions.objects.map(({ cluster, name }) => `${cluster} ${name}`)).toEqual(["west web"]);
    expect(opened).toEqual(["clusterapi", "west"]);
  });

  const ending = (name: string): object => ({
    items: [{ metadata: { name, namespace: "default", deletionTimestamp: "2026-11-30T00:00:00Z" } }],
  });
  /** Opens servers in turn: each search takes the next server of a cluster, and the last one stays. */
  const inTurn =
    (servers: Record<string, (KubernetesApi | undefined)[]>) =>
    (name: string): Promise<KubernetesApi> => {
      const turns = servers[name] ?? [];
      const server = turns.length > 1 ? turns.shift() : turns[0];
      return server ? Promise.resolve(server) : Promise.reject(new Error("refused"));
    };
  const deletingWest = () => api({ "/api/v1": core, "/api/v1/services": ending("web") });
  const silent = () => api({}, () => 0);

  test("of a cluster that stops answering are those of its last answer", async () => {
    const answers: LastAnswers = new Map();
    const open = inTurn({ clusterapi: [api(clusters("west")), undefined], west: [deletingWest(), silent()] });
    const first = await findDeletions(target, state, open, answers);
    expect(first).toMatchObject({ clusters: [{ name: "east" }], objects: [{ cluster: "west", isTerminating: true }] });
    expect(await findDeletions(target, state, open, answers)).toEqual(first);
  });

  test("in progress are awaited while their cluster does not answer", async () => {
    const open = inTurn({
      clusterapi: [api(clusters("west", "east"))],
      west: [deletingWest(), silent(), silent(), api({ "/api/v1": core, "/api/v1/services": list("web") })],
    });
    let searches = 0;
    const search: typeof findDeletions = (one, resources, _, answers) => {
      searches += 1;
      return findDeletions(one, resources, open, answers);
    };
    const exported = { version: 3, deployment: { resources: state } } as unknown as ExportedState;
    const restored = await restoreDeleted(
      target,
      () => undefined,
      [],
      () => Promise.resolve(exported),
      search,
    );
    expect(restored).toEqual({ args: [], variables: {}, isIncomplete: false });
    expect(searches).toBe(4);
  });

  test("are empty if nothing answers", async () =>
    expect(await search({})).toEqual({ clusters: [], objects: [], secrets: [] }));

  test("of one cluster are found if another cluster does not answer", async () => {
    const west = api({ "/api/v1": core, "/api/v1/services": list() });
    const deletions = await search({ clusterapi: api(clusters("west", "east")), west });
    expect(deletions).toMatchObject({ clusters: [], objects: [{ cluster: "west", name: "web" }] });
  });

  test("come with the fields that another program changed, and read only that object", async () => {
    const managedFields = [
      { manager: "own", operation: "Apply", fieldsV1: { "f:spec": { "f:type": {} } } },
      { manager: "kubectl-edit", operation: "Update", fieldsV1: { "f:spec": { "f:externalName": {} } } },
    ];
    const paths: string[] = [];
    const items = [{ metadata: { name: "web", namespace: "default", managedFields } }];
    const live = { kind: "Service", metadata: items[0]!.metadata, spec: { type: "ExternalName", externalName: "b" } };
    const west = api({
      ...{ "/api/v1": core, "/api/v1/services": { items } },
      "/api/v1/namespaces/default/services/web": live,
    });
    const getObject = (path: string): Promise<ApiAnswer> => {
      paths.push(path);
      return west.get(path);
    };
    const spec = { type: "ExternalName", externalName: "a" };
    const inputs = { apiVersion: "v1", kind: "Service", metadata: { name: "web", namespace: "default" }, spec };
    const changed = state.map((one) =>
      one.provider?.includes("::west::")
        ? { ...one, inputs, outputs: { ...inputs, __fieldManager: "own" } }
        : { ...one, outputs: {} },
    );
    const { foreign } = await findDeletions(target, changed, (name) =>
      Promise.resolve(name === "west" ? { ...west, getObject } : api(clusters("east", "west"))),
    );
    expect(foreign).toMatchObject({ isContested: true, autoscaled: [] });
    expect(foreign?.changes.map(({ cluster, fields }) => [cluster, fields.map(({ text }) => text)])).toEqual([
      ["west", ["spec.externalName"]],
    ]);
    expect(paths).toEqual(["/api/v1/namespaces/default/services/web"]);
  });
});
