import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { renderTemplate } from "../../../../lib/cluster/template/render";
import { parseManifest } from "../../../../lib/kubernetes/manifest";
import { toYaml } from "../../../../lib/kubernetes/yaml";
import { needlesIn, secretDocument } from "../../../helpers/secretDocuments";

const secret = (more: object, metadata: object = {}): string =>
  toYaml({ apiVersion: "v1", kind: "Secret", metadata: { name: "db", namespace: "shop", ...metadata }, ...more });

const problemsOf = (read: () => unknown): string[] => {
  try {
    read();
    return [];
  } catch (error) {
    return (error as Error).message.split("\n");
  }
};

const quotes = "Write the value in quotes.";
const encode = "Encode the value with base64, or move it to stringData in quotes.";
const long = "hunter2-hunter2";

describe("a Secret that the API server would refuse is refused by its place, without the value", () => {
  test.each<[string, object, string]>([
    ["a number", { stringData: { pin: 12345 } }, `stringData.pin: expected a string, got a number. ${quotes}`],
    ["a truth", { stringData: { on: true } }, `stringData.on: expected a string, got a boolean. ${quotes}`],
    ["a map", { stringData: { a: { b: "c" } } }, `stringData.a: expected a string, got a map. ${quotes}`],
    ["a list", { stringData: { "a b": ["c"] } }, `stringData["a b"]: expected a string, got a list. ${quotes}`],
    ["a number as base64", { data: { pin: 1234 } }, `data.pin: expected a string in base64, got a number. ${encode}`],
    [
      "a plain text as base64",
      { data: { "tls.key": "hunter2" } },
      `data["tls.key"]: expected a string in base64, got a string that is not base64. ${encode}`,
    ],
    [
      "a text with a space as base64",
      { data: { a: "QUJD REVG" } },
      `data.a: expected a string in base64, got a string that is not base64. ${encode}`,
    ],
    [
      "a text in place of a map",
      { stringData: "password:hunter2" },
      "stringData: expected a map, got a string. Write lines of KEY: value, indented under the field.",
    ],
    [
      "a list in place of a map",
      { data: ["hunter2"] },
      "data: expected a map, got a list. Write lines of KEY: value, indented under the field.",
    ],
  ])("%s", (_, more, message) => {
    expect(problemsOf(() => parseManifest(`kind: List\nitems: []\n---\n${secret(more)}`, "manifests a.yaml"))).toEqual([
      `document 2 of manifests a.yaml, Secret shop/db, ${message}`,
    ]);
  });

  test.each<[string, string, string]>([
    [
      "a misspelt field",
      secret({ stringdata: { a: "hunter2" } }),
      "document 1 of m, Secret shop/db: expected fields of a Secret (apiVersion, kind, metadata, type, immutable, " +
        "data, stringData), got stringdata. Did you mean stringData? Rename the field, or remove it.",
    ],
    [
      "a misspelt kind",
      secret({ data: { a: "QQ==" } }).replace("kind: Secret", "kind: secret"),
      "document 1 of m, Secret shop/db: expected apiVersion v1 and kind Secret, got apiVersion v1 and kind secret. " +
        "Correct both.",
    ],
    [
      "a number among the annotations",
      secret({}, { annotations: { a: 5 } }),
      `document 1 of m, Secret shop/db, metadata.annotations.a: expected a string, got a number. ${quotes}`,
    ],
    [
      "a copy of a value in an annotation",
      secret({ stringData: { password: long } }, { annotations: { "example.org/note": `it is ${long}` } }),
      'document 1 of m, Secret shop/db, metadata.annotations["example.org/note"]: expected no value of the Secret, ' +
        "got a copy of stringData.password. Remove the annotation; a checksum of the value may stay.",
    ],
    [
      "a copy of a value in a label",
      secret({ data: { password: Buffer.from(long).toString("base64") } }, { labels: { note: long } }),
      "document 1 of m, Secret shop/db, metadata.labels.note: expected no value of the Secret, " +
        "got a copy of data.password. Remove the label; a checksum of the value may stay.",
    ],
  ])("%s", (_, text, message) => {
    expect(problemsOf(() => parseManifest(text, "m"))).toEqual([message]);
  });

  test("every problem of every document is said at once", () => {
    const text = `${secret({ stringData: { a: 1, b: 2 }, data: { c: 3 } })}---\nkind: A\n---\n${secret({ data: [] })}`;
    expect(problemsOf(() => parseManifest(text, "m")).map((line) => line.split(":")[0])).toEqual([
      "document 2 of m",
      "document 1 of m, Secret shop/db, data.c",
      "document 1 of m, Secret shop/db, stringData.a",
      "document 1 of m, Secret shop/db, stringData.b",
      "document 3 of m, Secret shop/db, data",
    ]);
  });

  test("an item of a list is named", () => {
    const text = toYaml({ apiVersion: "v1", kind: "SecretList", items: [{ metadata: { name: "a" }, data: { b: 1 } }] });
    expect(problemsOf(() => parseManifest(text, "m"))[0]).toContain("item 1 of document 1 of m, Secret a, data.b:");
  });
});

describe("a Secret that the API server takes is taken", () => {
  test.each<[string, object, object]>([
    ["without data", {}, {}],
    ["with nulls", { data: null, stringData: { a: null } }, {}],
    ["with empty values", { data: { a: "" }, stringData: { b: "" } }, {}],
    ["with base64 in lines", { data: { a: "QUJD\nREVG\n" } }, {}],
    ["with base64 whose last bits are not zero", { data: { a: "dGV4dB==" } }, {}],
    ["with the copy of kubectl", { data: { a: "QUJDREVGR0g=" } }, { annotations: { [lastApplied()]: "QUJDREVGR0g=" } }],
    ["with a short value in a label", { stringData: { a: "shop" } }, { labels: { app: "shop" } }],
    ["with a public value in a label", { stringData: { name: "production-1" } }, { labels: { a: "production-1" } }],
    ["with a checksum", { stringData: { a: long } }, { annotations: { checksum: "0c2f9a7e5b64e6b9" } }],
  ])("%s", (_, more, metadata) => {
    expect(parseManifest(secret(more, metadata))).toHaveLength(1);
  });

  test("of another API group with any data", () => {
    const text = secret({ data: { a: 1 }, spec: {} }).replace("apiVersion: v1", "apiVersion: example.org/v1");
    expect(parseManifest(text)).toHaveLength(1);
  });
});

function lastApplied(): string {
  return "kubectl.kubernetes.io/last-applied-configuration";
}

describe("a template", () => {
  const values = (secrets: Record<string, string>) => ({ variables: {}, secrets, setting: "templateVariables" });
  const text = secret({ data: { a: "${A}" }, stringData: { b: "${B}" } }).replace(/'(\$\{\w\})'/g, "$1");

  test("is judged with the values of templateSecrets, not with words in their place", () => {
    const secrets = { A: "QQ==", B: "a password" };
    expect(renderTemplate(text, "t", values(secrets))).toHaveLength(1);
  });

  test("is refused without the values", () => {
    const secrets = { A: "not base64 at all", B: "12345678901234567" };
    const problems = problemsOf(() => renderTemplate(text, "t", values(secrets)));
    expect(problems.join("\n")).not.toMatch(/not base64 at all|1234/);
    expect(problems).toHaveLength(1); // the integer is beyond 2^53: the parser stops there
    expect(problemsOf(() => renderTemplate(text, "t", values({ ...secrets, B: "12345" })))).toEqual([
      `document 1 of t, Secret shop/db, data.a: expected a string in base64, got a string that is not base64. ${encode}`,
      `document 1 of t, Secret shop/db, stringData.b: expected a string, got a number. ${quotes}`,
    ]);
  });
});

/** Ways in which a user breaks a manifest with a Secret. */
const breaks: Readonly<Record<string, (text: string) => string>> = {
  "the kind is missing": (text) => text.replace("kind: Secret\n", ""),
  "the name is missing": (text) => text.replace(/ {2}name: .*\n/, ""),
  "the version is missing": (text) => text.replace("apiVersion: v1\n", ""),
  "a misspelt field": (text) => text.replace(/^(data|stringData):/gm, "$1s:"),
  "the indentation is missing": (text) => text.replace(/^ {2}(?=\S)/gm, ""),
  "a tab": (text) => text.replace(/^ {2}(?=\S)/gm, "\t"),
  "without quotes": (text) => text.replace(/["']/g, ""),
  aliases: (text) => text.replace(/: (?=\S{18,}$)/gm, ": *").replace(/["']/g, ""),
  tags: (text) => text.replace(/: (?=\S{18,}$)/gm, ": !").replace(/["']/g, ""),
  "verbatim tags": (text) => text.replace(/: (\S{18,})$/gm, ": !<$1> x"),
  "tag directives": (text) => text.replace(/^.*?: (\S{18,})$/gm, "%TAG ! $1\n---\n$&"),
  lists: (text) => text.replace(/^ {2}(?=\S)/gm, "  - "),
  "an open quote": (text) => text.replace(/'$/m, ""),
  expressions: (text) => text.replace(/: (\S{18,})$/gm, ": ${$1"),
};

test.each(Object.entries(breaks))("no error repeats a value of a random Secret: %s", (_, damage) => {
  fc.assert(
    fc.property(secretDocument, ({ object, values }) => {
      const text = damage(toYaml(object));
      const problems = [
        ...problemsOf(() => parseManifest(text, "manifests a.yaml")),
        ...problemsOf(() => renderTemplate(text, "template a.yaml", { variables: {}, secrets: {}, setting: "s" })),
      ].join("\n");
      for (const needle of needlesIn(values)) expect(problems.includes(needle)).toBe(false);
      // Pieces too: a parser quotes a word.
      for (const word of values.flatMap((each) => each.split(/[^A-Za-z0-9]+/)).filter((each) => each.length >= 9)) {
        expect(problems.includes(word)).toBe(false);
      }
    }),
    { numRuns: 30 },
  );
});
