// Random Secrets as users write them, and what must be readable nowhere of each.
import fc from "fast-check";
import { toYaml } from "../../lib/kubernetes/yaml";
import { needlesOf, type Secret } from "../e2e/secretScan";

/** A Secret for a test. */
export interface SecretDocument {
  object: { apiVersion: string; kind: string; metadata: object; data?: object; stringData?: object };
  /** What to look for. */
  values: string[];
}

const word = fc.uuid().map((text) => text.replaceAll("-", "").slice(0, 18));
const punctuation = fc.constantFrom(..." !#$%&()*+,./:;<=>?@^_{|}~-'\"\\`", ": ", " #", "${", "{{", "*", "!<", "&");

/** Long enough to be looked for; random texts of this length stand nowhere else. */
const value = fc.oneof(
  fc.tuple(word, word).map((parts) => parts.join("")),
  fc.tuple(word, punctuation, word).map((parts) => parts.join("")),
  fc.tuple(punctuation, word).map((parts) => parts.join("")),
  fc.tuple(word, word).map((lines) => lines.join("\n")),
);
const key = fc.constantFrom("a", "password", "tls.key", "config.yaml", "user-key", "z_9");
const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** A Secret with data, stringData or both, and the annotation in which kubectl keeps a copy or none. */
export const secretDocument: fc.Arbitrary<SecretDocument> = fc
  .record({
    data: fc.dictionary(key, value, { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
    stringData: fc.dictionary(key, value, { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
    fields: fc.constantFrom(["data"] as const, ["stringData"] as const, ["data", "stringData"] as const),
    applied: fc.boolean(),
  })
  .map(({ data, stringData, fields, applied }) => {
    const encoded = Object.fromEntries(Object.entries(data).map(([name, text]) => [name, base64(text)]));
    const all = { data: encoded, stringData };
    const filled = Object.fromEntries(fields.map((field) => [field, all[field]]));
    const object = { apiVersion: "v1", kind: "Secret", metadata: { name: "s", namespace: "default" }, ...filled };
    const annotations = { "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify(object) };
    return {
      object: applied ? { ...object, metadata: { ...object.metadata, annotations } } : object,
      values: fields.flatMap((field) => Object.values(field === "data" ? data : stringData)),
    };
  });

type Wrapping = (object: object) => object;
const list = (kind: string, more: object = {}): Wrapping => {
  return (object) => ({ apiVersion: "v1", kind, ...more, items: [object] });
};

/** Ways in which a manifest may hold a Secret. */
export const wrappings: Readonly<Record<string, Wrapping>> = {
  "as it is": (object) => object,
  "in a List": list("List"),
  "in a List with a name": list("List", { metadata: { name: "all" } }),
  "in a SecretList": (object) => {
    const entries = Object.entries(object).filter(([key]) => key !== "kind" && key !== "apiVersion");
    return list("SecretList")(Object.fromEntries(entries));
  },
  "in a ConfigMap, as text": (object) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "m" },
    data: { "all.yaml": `# what to apply\n${toYaml(object)}---\n` },
  }),
  "in a ConfigMap, as binary data": (object) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "m" },
    binaryData: { "all.yaml": base64(toYaml(object)) },
  }),
  "in a shell script": (object) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "m" },
    data: { "run.sh": `#!/bin/sh\nset -e\nkubectl apply -f - <<EOF\n${toYaml(object)}EOF\necho "done: $?"\n` },
  }),
  "in an object of another kind": (object) => ({
    apiVersion: "example.org/v1",
    kind: "Work",
    metadata: { name: "w" },
    spec: { manifests: [object], files: [{ path: "/a", content: JSON.stringify(object) }] },
  }),
};

/** Needles for all values that are long enough to look for. */
export const needlesIn = (values: readonly string[]): string[] =>
  values.flatMap((text): string[] => needlesOf({ name: "a value", text } satisfies Secret));
