import { describe, expect, test } from "@jest/globals";
import { substitute, variablesOf } from "../../../lib/cluster/template/substitution";
import { parseManifest } from "../../../lib/kubernetes/manifest";
import {
  imagesOf,
  isCrd,
  type KubernetesObject,
  objectKey,
  splitCrds,
  withAnnotations,
  withLabels,
} from "../../../lib/kubernetes/object";
import { toYaml } from "../../../lib/kubernetes/yaml";
import { clusterctlLabels, inventoryObject } from "../../../lib/providers/clusterctl";
import { fetchTimeout, realComponents, realManifests } from "../../helpers/realManifests";

const object = (kind: string, name: string, more: object = {}, apiVersion = "v1"): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name },
  ...more,
});
const crd = object("CustomResourceDefinition", "as.example.org", {}, "apiextensions.k8s.io/v1");

describe("parseManifest", () => {
  test("reads documents in order and skips empty ones", () => {
    const text =
      "# only a comment\n---\n---\napiVersion: v1\nkind: A\nmetadata: {name: a}\n---\nnull\n---\n" +
      "apiVersion: x/v1\nkind: B\nmetadata: {name: b, namespace: ns}\n...\n";
    expect(parseManifest(text).map(objectKey)).toEqual(["A/a", "B/ns/b"]);
  });

  test("gives the items of lists, nested ones and those without a kind of their own too", () => {
    const text = toYaml({
      apiVersion: "v1",
      kind: "List",
      items: [
        object("A", "a"),
        { apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleList", items: [{ metadata: { name: "r" } }] },
      ],
    });
    expect(parseManifest(text)).toEqual([object("A", "a"), object("Role", "r", {}, "rbac.authorization.k8s.io/v1")]);
  });

  test("a named object whose kind ends in List is an object", () => {
    const denyList = object("DenyList", "d", { items: ["x"] });
    expect(parseManifest(toYaml(denyList))).toEqual([denyList]);
  });

  test("refuses every incomplete document in one error, each by its place", () => {
    const text =
      "kind: A\n---\napiVersion: v1\nkind: B\nmetadata: {name: b}\n---\n- 1\n---\napiVersion: v1\nkind: C\nmetadata: {generateName: c-}\n";
    expect(() => parseManifest(text, "cniManifest")).toThrow(
      /^document 1 of cniManifest: .* lacks apiVersion, metadata\.name\. .*\ndocument 3 of cniManifest: .*, got a list\. .*\ndocument 4 of cniManifest: .* lacks metadata\.name\./,
    );
  });

  test("refuses a namespace that YAML takes for a boolean", () => {
    const text = "apiVersion: v1\nkind: A\nmetadata: {name: a, namespace: no}\n";
    expect(() => parseManifest(text)).toThrow("lacks metadata.namespace as text");
    expect(parseManifest(text.replace("no", "'no'")).map(objectKey)).toEqual(["A/no/a"]);
  });

  test("names the item of a list", () => {
    expect(() => parseManifest('{"kind": "List", "items": [{"kind": "A"}]}')).toThrow(
      "item 1 of document 1 of the manifest",
    );
  });

  test("refuses a text that is not YAML", () => {
    expect(() => parseManifest("<html>\n<a b='c'>: {", "coreManifest")).toThrow(/^coreManifest, line 2, /);
  });
});

describe("objects", () => {
  test("labels and annotations are added to a copy", () => {
    const before = object("A", "a", { metadata: { name: "a", labels: { x: "1", y: "1" } } });
    expect(withLabels(before, { y: "2", z: "3" }).metadata.labels).toEqual({ x: "1", y: "2", z: "3" });
    expect(withAnnotations(before, { k: "v" }).metadata.annotations).toEqual({ k: "v" });
    expect(before.metadata).toEqual({ name: "a", labels: { x: "1", y: "1" } });
  });

  test("CRDs are recognized by group and kind", () => {
    const lookalike = object("CustomResourceDefinition", "x", {}, "example.org/v1");
    expect([crd, lookalike].map(isCrd)).toEqual([true, false]);
    expect(splitCrds([object("A", "a"), crd, lookalike])).toEqual({
      crds: [crd],
      others: [object("A", "a"), lookalike],
    });
  });

  test("images of pods, pod templates and cron jobs, sorted, each once", () => {
    const pod = (...images: string[]) => ({ containers: images.map((image, index) => ({ name: `c${index}`, image })) });
    const objects = [
      object("Pod", "p", { spec: pod("d") }),
      object("Deployment", "d", {
        spec: { template: { spec: { ...pod("b", "a"), initContainers: [{ name: "i", image: "c" }] } } },
      }),
      object("CronJob", "j", { spec: { jobTemplate: { spec: { template: { spec: pod("e", "a") } } } } }),
      object("ConfigMap", "m", { data: { image: "no" } }),
      object("CustomResourceDefinition", "c", { spec: { containers: { image: "no" } } }),
      object("Odd", "o", { spec: { containers: [null, "x", { image: 3 }] } }),
    ];
    expect(imagesOf(objects)).toEqual(["a", "b", "c", "d", "e"]);
  });
});

describe("clusterctl", () => {
  test("labels every object of a provider", () => {
    expect(
      clusterctlLabels([crd, object("A", "a")], "infrastructure-docker").map(({ metadata }) => metadata.labels),
    ).toEqual(
      Array(2).fill({ "clusterctl.cluster.x-k8s.io": "", "cluster.x-k8s.io/provider": "infrastructure-docker" }),
    );
  });

  test.each([
    ["cluster-api", "CoreProvider", "cluster-api"],
    ["kubeadm", "BootstrapProvider", "bootstrap-kubeadm"],
    ["kubeadm", "ControlPlaneProvider", "control-plane-kubeadm"],
    ["docker", "InfrastructureProvider", "infrastructure-docker"],
    ["in-cluster", "IPAMProvider", "ipam-in-cluster"],
    ["test", "RuntimeExtensionProvider", "runtime-extension-test"],
    ["helm", "AddonProvider", "addon-helm"],
  ] as const)("the inventory entry of %s as %s is %s", (name, type, label) => {
    expect(inventoryObject({ name, type, version: "1.14.2", namespace: "n" })).toEqual({
      apiVersion: "clusterctl.cluster.x-k8s.io/v1alpha3",
      kind: "Provider",
      metadata: {
        name: label,
        namespace: "n",
        labels: {
          "clusterctl.cluster.x-k8s.io": "",
          "clusterctl.cluster.x-k8s.io/core": "inventory",
          "cluster.x-k8s.io/provider": label,
        },
      },
      providerName: name,
      type,
      version: "v1.14.2",
    });
    expect(inventoryObject({ name, type, version: "v1.14.2", namespace: "n" })["version"]).toBe("v1.14.2");
  });
});

describe("the real manifests", () => {
  test(
    "every document survives parse, toYaml, parse",
    async () => {
      for (const [file, text] of Object.entries(await realManifests())) {
        const objects = parseManifest(text, file);
        expect(objects).not.toHaveLength(0);
        for (const before of objects) expect(parseManifest(toYaml(before), file)).toEqual([before]);
        expect(parseManifest(objects.map(toYaml).join("---\n"), file)).toEqual(objects);
      }
    },
    fetchTimeout,
  );

  test(
    "every variable of Cluster API's components has a default, so that none need be set",
    async () => {
      const components = await realComponents();
      expect(components).toHaveLength(4);
      for (const [file, text] of components) {
        expect(variablesOf(text, file).filter((variable) => variable.default === undefined)).toEqual([]);
        expect(substitute(text, {}, file)).not.toContain("${");
      }
    },
    fetchTimeout,
  );
});
