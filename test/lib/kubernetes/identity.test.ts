import { describe, expect, test } from "@jest/globals";
import { ProblemError } from "../../../lib/base/problem";
import { renderTemplate } from "../../../lib/cluster/template/render";
import { parseManifest, withoutRepeatedObjects } from "../../../lib/kubernetes/manifest";
import { objectKey } from "../../../lib/kubernetes/object";

const namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n";
const map = (data: string, more = ", namespace: shop"): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: front${more}}\n${data}\n`;
const joined = (...documents: string[]): string => documents.join("---\n");

const problemOf = (text: string): string => {
  try {
    parseManifest(text, "manifests a.yaml");
  } catch (error) {
    if (error instanceof ProblemError) return error.message;
    throw error;
  }
  return "none";
};

describe("one object twice in a file", () => {
  test.each([
    ["with equal texts", joined(namespace, map("data: {a: b}"), namespace)],
    ["with another order of keys", joined(namespace, "metadata: {name: shop}\nkind: Namespace\napiVersion: v1\n")],
    ["with nulls, which mean nothing", joined(namespace, `${namespace.replace("}", ", creationTimestamp: null}")}`)],
    ["in a List", joined(namespace, `apiVersion: v1\nkind: List\nitems:\n- ${namespace.replace(/\n(?=.)/g, "\n  ")}`)],
    [
      "in a typed list",
      joined(
        namespace,
        "apiVersion: v1\nkind: NamespaceList\nitems:\n- metadata: {name: shop}\n- metadata: {name: shop}\n",
      ),
    ],
    [
      "in nested Lists",
      `{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Namespace, metadata: {name: shop}}, {apiVersion: v1, kind: Namespace, metadata: {name: shop}}]}]}`,
    ],
  ])("counts once %s", (_title, text) => {
    expect(parseManifest(text).filter(({ kind }) => kind === "Namespace")).toEqual([
      { apiVersion: "v1", kind: "Namespace", metadata: expect.objectContaining({ name: "shop" }) },
    ]);
  });

  test("counts once where only one of the two names the namespace default", () => {
    const text = joined(map("data: {a: b}", ""), map("data: {a: b}", ", namespace: default"));
    expect(parseManifest(text).map(objectKey)).toEqual(["ConfigMap/front"]);
  });

  test("counts once for a kind without namespaces, whatever namespace a text has", () => {
    const role = (more: string): string =>
      `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r${more}}\nrules: []\n`;
    expect(parseManifest(joined(role(""), role(", namespace: a")))).toHaveLength(1);
  });

  test("counts once for a CRD and in a provider's manifest with variables", () => {
    const crd = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: ${N}}\n";
    const values = { variables: { N: "as.example.org" }, secrets: {}, setting: "s" };
    expect(renderTemplate(joined(crd, crd), "t", values)).toHaveLength(1);
  });

  test.each([
    ["two data", joined(namespace, map("data: {a: b}"), map("data: {a: c}")), 2, 3],
    ["two versions of one group", joined(map("data: {a: b}"), map("data: {a: b}").replace("v1", "v2")), 1, 2],
    ["another label", joined(map("data: {}"), namespace, map("data: {}", ", namespace: shop, labels: {a: b}")), 1, 3],
  ])("is refused with both places: %s", (_title, text, first, second) => {
    expect(problemOf(text)).toBe(
      "ConfigMap/shop/front: expected one definition, or several equal definitions, got two that differ: " +
        `document ${first} of manifests a.yaml, and document ${second} of manifests a.yaml. ` +
        "Keep one of the two, or give one of them another name or namespace.",
    );
  });

  test("is refused without the values of a Secret", () => {
    const secret = (value: string): string =>
      `apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: ${value}}\n`;
    const problem = problemOf(joined(secret("first-word"), secret("second-word")));
    expect(problem).toContain("Secret/db: expected one definition");
    expect(problem).not.toMatch(/first-word|second-word/);
  });

  test.each([
    ["names", joined(map(""), map("", "2, namespace: shop"))],
    ["namespaces", joined(map("data: {a: b}"), map("data: {a: c}", ", namespace: other"))],
    [
      "groups",
      joined(
        "apiVersion: a.org/v1\nkind: A\nmetadata: {name: a}\n",
        "apiVersion: b.org/v1\nkind: A\nmetadata: {name: a}\n",
      ),
    ],
  ])("is not confused with objects of other %s", (_title, text) => expect(parseManifest(text)).toHaveLength(2));
});

test("an object of two manifests stays in the first, and CRDs stay in both", () => {
  const crds = [{ name: "as.example.org", sha256: "1" }];
  const objects = parseManifest(joined(namespace, map("data: {}")));
  const [first, second] = withoutRepeatedObjects([
    { name: "a", crds, objects },
    { name: "b", crds, objects: [...objects, ...parseManifest(map("", "2"))] },
  ]);
  expect(first?.objects).toEqual(objects);
  expect(second?.objects.map(objectKey)).toEqual(["ConfigMap/front2"]);
  expect([first?.crds, second?.crds]).toEqual([crds, crds]);
});
