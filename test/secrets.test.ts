import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import { templateParts } from "../lib/cluster/template/parts";
import { type Manifest, parseManifest } from "../lib/kubernetes/manifest";
import type { KubernetesObject } from "../lib/kubernetes/object";
import { toYaml } from "../lib/kubernetes/yaml";
import type { Settings } from "../lib/settings/types";
import { inputs } from "./helpers/fixtures";
import { type Program, recordProgram } from "./helpers/program";
import type { Recording, Registration } from "./helpers/recorder";
import { needlesIn } from "./helpers/secretDocuments";

/** A value for each source: which value is readable tells where it came from. */
const mockValue = (source: string): string => `value-of-${source}-0123456789`;
const base64 = (text: string): string => Buffer.from(text).toString("base64");

const mockManifest = (source: string): string => {
  const secret = (name: string, more: object): object => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: `${name}-${source}`, namespace: "default" },
    ...more,
  });
  const value = mockValue(source);
  const data = secret("data", { data: { password: base64(value) } });
  const annotations = { "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify(data) };
  return [
    secret("text", { stringData: { password: value } }),
    { ...data, metadata: { name: `data-${source}`, namespace: "default", annotations } },
    { apiVersion: "v1", kind: "List", items: [secret("listed", { stringData: { password: value } })] },
    {
      apiVersion: "v1",
      kind: "SecretList",
      items: [{ metadata: { name: `typed-${source}` }, stringData: { a: value } }],
    },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: `map-${source}`, namespace: "default" },
      data: { "a.yaml": toYaml(data), open: "words" },
    },
    { ...secret("foreign", { data: { password: "not a secret of ours" } }), apiVersion: "example.org/v1" },
  ]
    .map(toYaml)
    .join("---\n");
};

const mockSources = ["cert-manager", "provider", "cni", "metallb", "user", "template"];

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
spec: {manifest: {apiVersion: v1, kind: Secret, stringData: {a: "${mockValue("template")}"}}}
---
apiVersion: controlplane.cluster.x-k8s.io/v1beta1
kind: KubeadmControlPlane
metadata: {name: "\${CLUSTER_NAME}"}
spec: {replicas: 1}
---
${mockManifest("template")}`;

const mockInputs = (settings: Settings): ReturnType<typeof inputs> => {
  const preparedInputs = inputs(settings);
  const { certManager, providers, cni, loadBalancer, extra } = preparedInputs.manifests;
  const more = (manifest: Manifest, source: string): Manifest => ({
    ...manifest,
    objects: [...manifest.objects, ...parseManifest(mockManifest(source))],
  });
  const all = (manifests: Readonly<Record<string, Manifest>>, source: string): Record<string, Manifest> =>
    Object.fromEntries(Object.entries(manifests).map(([name, manifest]) => [name, more(manifest, source)]));
  return {
    ...preparedInputs,
    manifests: {
      ...preparedInputs.manifests,
      certManager: more(certManager, "cert-manager"),
      providers: providers.map((one, index) => (index === 0 ? more(one, "provider") : one)),
      cni: all(cni, "cni"),
      loadBalancer: more(loadBalancer, "metallb"),
      extra: all(extra, "user"),
    },
    templates: Object.fromEntries(
      settings.clusters
        .filter(({ template }) => template)
        .map((cluster) => [
          cluster.name,
          templateParts(mockTemplate, "own.yaml", cluster, {
            variables: {},
            secrets: {},
            setting: "templateVariables",
          }),
        ]),
    ),
  };
};
jest.mock("../preflight/prepare", () => ({ prepare: (settings: Settings) => Promise.resolve(mockInputs(settings)) }));
const program = jest.requireActual<Program>("..");

const clusters = [
  { name: "east", manifests: ["own.yaml"], application: false },
  { name: "west", template: "own-template.yaml", loadBalancer: "external", application: false },
];
const config = {
  "slipway:clusters": JSON.stringify(clusters),
  "slipway:providers": JSON.stringify([{ name: "own", version: "v1.0.0", manifest: "own-components.yaml" }]),
};
const secretMark = "4dabf18193072939515e22adb298388d";
const hide = (_key: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && secretMark in value ? "[secret]" : value;

let recordings: Recording[];
let registrations: Registration[];
beforeAll(async () => {
  const run = (preview: boolean): Promise<Recording> => recordProgram(program, { preview, stack: "empty", config });
  recordings = [await run(false), await run(true)];
  registrations = recordings.flatMap((recording) => recording.registrations);
});

const named = (pattern: RegExp): Registration[] => registrations.filter(({ name }) => pattern.test(name));
const open = (one: Registration): unknown => JSON.parse(JSON.stringify(one.inputs, hide));

describe.each(mockSources)("Secrets of %s", (source) => {
  test("are registered by their names", () => {
    for (const kind of ["text", "data", "listed", "typed"]) {
      const matches = named(new RegExp(`/Secret/(\\w+/)?${kind}-${source}$`));
      expect(matches.length).toBeGreaterThanOrEqual(2);
      for (const { type } of matches) expect(type).toBe("kubernetes:core/v1:Secret");
    }
  });

  test("show their keys and none of their values, neither plain nor encoded", () => {
    for (const one of named(new RegExp(`/Secret/(default/)?text-${source}$`))) {
      expect(open(one)).toMatchObject({ kind: "Secret", stringData: { password: "[secret]" } });
      expect(one.additionalSecretOutputs).toEqual(["data", "stringData", "metadata"]);
    }
    const needles = needlesIn([mockValue(source)]);
    const readable = registrations.filter((one) =>
      needles.some((needle) => JSON.stringify(open(one)).includes(needle)),
    );
    expect(readable.map(({ urn }) => urn)).toEqual([]);
  });

  test("lose the annotation that repeats them", () => {
    for (const one of named(new RegExp(`/Secret/(default/)?data-${source}$`))) {
      expect(open(one)).toMatchObject({ data: { password: "[secret]" } });
      expect((one.inputs.metadata as KubernetesObject["metadata"]).annotations).toBeUndefined();
    }
  });

  test("are hidden in ConfigMaps too, and nothing else of these", () => {
    const matches = named(new RegExp(`/ConfigMap/(\\w+/)?map-${source}$`));
    expect(matches.length).toBeGreaterThanOrEqual(2);
    for (const one of matches) {
      expect(open(one)).toMatchObject({ data: { "a.yaml": "[secret]", open: "words" } });
      expect(one.additionalSecretOutputs).toEqual(["data", "__inputs"]);
    }
  });

  test("of another API group stay as they are", () => {
    const matches = registrations.filter(
      ({ name, type }) => type === "kubernetes:example.org/v1:Secret" && name.endsWith(`foreign-${source}`),
    );
    expect(matches.length).toBeGreaterThanOrEqual(2);
    for (const one of matches) {
      expect(one.inputs["data"]).toEqual({ password: "not a secret of ours" });
      expect(one.additionalSecretOutputs).toEqual([]);
    }
  });
});

test("a rehearsal of a template's object shows no Secret in it", () => {
  for (const one of registrations.filter(({ name }) => name === "cluster-api-webhooks")) {
    expect(one.inputs["stdin"]).toContain("kind: OwnCluster");
    expect(one.inputs["stdin"]).not.toContain(mockValue("template"));
  }
});
