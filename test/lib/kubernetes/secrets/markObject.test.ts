import { gzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseManifest } from "../../../../lib/kubernetes/manifest";
import type { KubernetesObject } from "../../../../lib/kubernetes/object";
import { forEngine, holdsSecrets, markObject } from "../../../../lib/kubernetes/secrets/markObject";
import { mapSecrets, SecretValue } from "../../../../lib/kubernetes/secrets/secretValue";
import { toYaml } from "../../../../lib/kubernetes/yaml";
import { needlesIn, secretDocument, wrappings } from "../../../helpers/secretDocuments";

const hide = (value: unknown): unknown => mapSecrets(value, () => "[secret]");
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const secret = (more: object, metadata: object = {}): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "s", ...metadata },
  ...more,
});
const configMap = (text: string): KubernetesObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "m" },
  data: { open: "words", hidden: text },
});
const inner = toYaml(secret({ stringData: { a: "hunter2" } }));

describe("markObject", () => {
  test("marks each value of both maps and leaves names, keys and all else", () => {
    const object = secret({ type: "Opaque", immutable: true, data: { a: "QQ==" }, stringData: { b: "c", d: null } });
    expect(hide(markObject(object))).toEqual({
      ...object,
      data: { a: "[secret]" },
      stringData: { b: "[secret]", d: null },
    });
  });

  test("leaves what a template has marked", () => {
    const object = secret({ data: { a: new SecretValue("QQ==") } });
    expect(markObject(object)["data"]).toEqual({ a: new SecretValue("QQ==") });
  });

  test.each<[string, KubernetesObject]>([
    ["of another spelling", { ...secret({ stringData: { a: "b" } }), kind: "secret" }],
    ["of a version that does not exist", { ...secret({ stringData: { a: "b" } }), apiVersion: "V1" }],
    ["of the group core", { ...secret({ stringData: { a: "b" } }), apiVersion: "core/v1" }],
    ["whose data is not a map", secret({ stringData: "a: b" })],
    ["in another object", { ...secret({}), kind: "Work", spec: { items: [secret({ data: { a: "b" } })] } }],
    ["in a list kept whole", { ...secret({}), kind: "SecretList", items: [{ data: { a: "b" } }] }],
  ])("marks a Secret %s", (_, object) => {
    expect(holdsSecrets(object)).toBe(true);
    expect(mapSecrets(markObject(object), (value) => value)).toEqual(object);
  });

  test.each<[string, KubernetesObject]>([
    ["a Secret of another API group", { ...secret({ data: { a: "b" } }), apiVersion: "example.org/v1" }],
    ["a Secret without data", secret({ type: "Opaque", data: {}, stringData: null })],
    ["a name of a Secret", { ...secret({}), kind: "Work", spec: { ref: { kind: "Secret", name: "a" } } }],
    ["a text that only names a Secret", configMap("valuesFrom:\n- kind: Secret\n  name: a\ndata: {}\n")],
    ["a manifest of a SecretStore", configMap("kind: SecretStore\ndata: {a: b}\n")],
    ["a manifest of another group", configMap(inner.replace("v1", "example.org/v1"))],
  ])("leaves %s", (_, object) => {
    expect(holdsSecrets(object)).toBe(false);
    expect(markObject(object)).toEqual(object);
  });

  test.each([
    ["YAML", inner],
    ["YAML behind another document", `kind: A\n---\n${inner}`],
    ["JSON", JSON.stringify(secret({ data: { a: "QQ==" } }))],
    ["JSON in JSON", JSON.stringify(JSON.stringify(secret({ data: { a: "QQ==" } })))],
    ["base64", base64(inner)],
    ["base64 in lines", base64(inner.repeat(3)).replace(/.{76}/g, "$&\n")],
    ["compressed base64", gzipSync(inner).toString("base64")],
    ["a template", inner.replace("hunter2", "{{ .Values.a }}").concat("{{- end }}\n")],
    ["a manifest with the manifest in it", toYaml(configMap(inner))],
  ])("marks a text that holds a Secret as %s", (_, text) => {
    expect(hide(markObject(configMap(text)))).toEqual(configMap("[secret]"));
  });

  test("marks all of a Secret in another object where its metadata repeats the data", () => {
    const embedded = secret({ stringData: { a: "hunter2-hunter2" } });
    const work = (item: object): KubernetesObject => ({ ...secret({}), kind: "Work", spec: { item } });
    expect(hide(markObject(work(embedded))["spec"])).toEqual({ item: { ...embedded, stringData: { a: "[secret]" } } });
    const copied = { ...embedded, metadata: { name: "s", annotations: { applied: JSON.stringify(embedded) } } };
    expect(hide(markObject(work(copied))["spec"])).toEqual({ item: "[secret]" });
    expect(mapSecrets(markObject(work(copied)), (value) => value)).toEqual(work(copied));
  });

  test.each([
    ["plain", "kept: hunter2-hunter2"],
    ["in base64", base64("hunter2-hunter2")],
    ["in hex", Buffer.from("hunter2-hunter2").toString("hex")],
  ])("marks a copy of a value among annotations: %s", (_, copy) => {
    for (const data of [{ stringData: { a: "hunter2-hunter2" } }, { data: { a: base64("hunter2-hunter2") } }]) {
      const marked = markObject(secret(data, { annotations: { copy, sha256: "0e5b" }, labels: { app: "s" } }));
      expect(hide(marked.metadata)).toEqual({
        name: "s",
        annotations: { copy: "[secret]", sha256: "0e5b" },
        labels: { app: "s" },
      });
    }
  });
});

describe("forEngine", () => {
  const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

  test("drops annotations in which tools keep the whole Secret, since the plugin would show them", () => {
    const metadata = { annotations: { [lastApplied]: "{}", "tool/original": inner, note: "kept" } };
    const { object } = forEngine(secret({ stringData: { a: "hunter2" } }, metadata));
    expect(object.metadata).toEqual({ name: "s", annotations: { note: "kept" } });
    const only = forEngine(secret({}, { annotations: { [lastApplied]: "{}" } }));
    expect(only.object.metadata).toEqual({ name: "s" });
  });

  test("names the outputs of a Secret, metadata included", () => {
    expect(forEngine(secret({ data: { a: "QQ==" } })).secretOutputs).toEqual(["data", "stringData", "metadata"]);
  });

  test("names the outputs of another object only where the object holds a Secret", () => {
    expect(forEngine(configMap(inner)).secretOutputs).toEqual(["data", "__inputs"]);
    expect(forEngine(configMap("words")).secretOutputs).toEqual([]);
    const template = { ...configMap("words"), spec: { a: new SecretValue("b") } };
    expect(forEngine(template).secretOutputs).toEqual([]);
  });

  test("changes no value: without marks the object is the same, but for dropped annotations", () => {
    fc.assert(
      fc.property(secretDocument, fc.constantFrom(...Object.values(wrappings)), ({ object }, wrap) => {
        for (const read of parseManifest(toYaml(wrap(object)))) {
          const { metadata, ...rest } = mapSecrets(forEngine(read).object, (value) => value) as KubernetesObject;
          expect(rest).toEqual({ ...read, metadata: undefined });
          expect(metadata.name).toBe(read.metadata.name);
        }
      }),
    );
  });
});

describe.each(Object.entries(wrappings))("a random Secret %s", (_, wrap) => {
  test("has no value in what the engine gets in the open", () => {
    fc.assert(
      fc.property(secretDocument, ({ object, values }) => {
        const open = JSON.stringify(parseManifest(toYaml(wrap(object))).map((each) => hide(forEngine(each).object)));
        for (const needle of needlesIn(values)) expect(open.includes(needle)).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
});
