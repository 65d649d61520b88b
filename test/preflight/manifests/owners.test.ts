import { describe, expect, test } from "@jest/globals";
import { sentence } from "../../../lib/base/problem";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";
import { namespaceProblems, ownerProblems, templateOwnerProblems } from "../../../preflight/manifests/owners";
import { inputs } from "../../helpers/fixtures";
import { userManifest } from "../../helpers/userManifests";

interface Case {
  files?: Readonly<Record<string, string>>;
  fields?: object;
  more?: object;
}

const settingsOf = ({ files = {}, fields = {}, more = {} }: Case) =>
  readSettings({ config: { ...more, clusters: [{ name: "a", manifests: Object.keys(files), ...fields }] }, pins });

const problemsOf = (input: Case): string[] => {
  const settings = settingsOf(input);
  const { manifests } = inputs(settings);
  const extra = Object.fromEntries(
    Object.entries(input.files ?? {}).map(([name, text]) => [name, userManifest(name, text)]),
  );
  return ownerProblems(settings, { ...manifests, extra }).map(sentence);
};

const object = (apiVersion: string, kind: string, name: string, more = ""): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}${more}}\n`;
const nginx = [object("apps/v1", "Deployment", "nginx"), object("v1", "Service", "nginx", ", namespace: default")];

describe("a user's manifest with an object of Slipway or Kubernetes", () => {
  test("is refused with both owners and the setting that moves Slipway's objects", () => {
    expect(problemsOf({ files: { "hello.yaml": nginx.join("---\n") } })).toEqual([
      "manifests hello.yaml of cluster a: expected no object that Slipway's application creates in the same cluster, got " +
        "Deployment/nginx (document 1), Service/default/nginx (document 2). " +
        "Remove the objects, give another name or namespace, or set application of cluster a to false.",
    ]);
  });

  test("is accepted where Slipway's object is absent, or in another namespace", () => {
    expect(problemsOf({ files: { "hello.yaml": nginx.join("---\n") }, fields: { application: false } })).toEqual([]);
    expect(problemsOf({ files: { "a.yaml": object("apps/v1", "Deployment", "nginx", ", namespace: b") } })).toEqual([]);
  });

  test.each([
    ["MetalLB's pool", object("metallb.io/v1beta1", "IPAddressPool", "slipway", ", namespace: metallb-system")],
    [
      "MetalLB's advertisement",
      object("metallb.io/v1beta2", "L2Advertisement", "slipway", ", namespace: metallb-system"),
    ],
    ["MetalLB's namespace", object("v1", "Namespace", "metallb-system")],
    ["MetalLB's own Deployment", object("apps/v1", "Deployment", "controller", ", namespace: metallb-system")],
    ["MetalLB's CRD", object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "ipaddresspools.metallb.io")],
    ["MetalLB's key", object("v1", "Secret", "memberlist", ", namespace: metallb-system")],
  ])("is refused with %s, and accepted without MetalLB", (_title, text) => {
    const [problem = "", ...more] = problemsOf({ files: { "m.yaml": text } });
    expect(problem).toMatch(/^manifests m\.yaml of cluster a: expected no object that MetalLB, which Slipway installs/);
    expect(problem).toContain("set loadBalancer of cluster a to none");
    expect(more).toEqual([]);
    expect(problemsOf({ files: { "m.yaml": text }, fields: { loadBalancer: "none" } })).toEqual([]);
  });

  test("is refused with an object of the pod network, in a list too", () => {
    const daemonSet = "{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: calico-node, namespace: kube-system}}";
    const [problem] = problemsOf({ files: { "m.yaml": `{apiVersion: v1, kind: List, items: [${daemonSet}]}` } });
    expect(problem).toContain("no object that the pod network calico creates in the same cluster");
    expect(problem).toContain("DaemonSet/kube-system/calico-node (item 1 of document 1)");
    expect(problem).toContain("set cni of cluster a to none");
  });

  test("is refused with objects of Kubernetes, even if they are equal", () => {
    const texts = [
      object("v1", "Namespace", "kube-system"),
      object("v1", "ConfigMap", "kubeadm-config", ", namespace: kube-system"),
    ];
    expect(problemsOf({ files: { "m.yaml": texts.join("---\n") } })).toEqual([
      "manifests m.yaml of cluster a: expected no object that Kubernetes creates in the same cluster, got " +
        "Namespace/kube-system (document 1). Remove the object, give another name or namespace.",
      "manifests m.yaml of cluster a: expected no object that kubeadm creates in the same cluster, got " +
        "ConfigMap/kube-system/kubeadm-config (document 2). Remove the object, give another name or namespace.",
    ]);
  });

  test("is refused in one sentence for a whole copy of an add-on", () => {
    const copies = Array.from({ length: 9 }, (_, index) =>
      object("v1", "ConfigMap", "kube-root-ca.crt", `, namespace: n${index}`),
    );
    expect(problemsOf({ files: { "m.yaml": copies.join("---\n") } })).toEqual([
      expect.stringMatching(/ConfigMap\/n4\/kube-root-ca\.crt \(document 5\) and 4 more\. Remove the objects/),
    ]);
  });

  test("is refused as the user's own pod network", () => {
    const settings = settingsOf({ fields: { cni: "net.yaml" } });
    const { manifests } = inputs(settings);
    const cni = { "net.yaml": userManifest("net.yaml", nginx[0] ?? "") };
    expect(ownerProblems(settings, { ...manifests, cni }).map(sentence)).toEqual([
      expect.stringMatching(/^cni net\.yaml of cluster a: expected no object that Slipway's application creates/),
    ]);
  });
});

describe("one object in two files", () => {
  const map = (data: string): string => `${object("v1", "ConfigMap", "front")}data: {a: ${data}}\n`;

  test("is accepted if both are equal, and if one file is named twice", () => {
    expect(problemsOf({ files: { "a.yaml": map("b"), "b.yaml": map("b") } })).toEqual([]);
    expect(problemsOf({ files: { "a.yaml": map("b") }, fields: { manifests: ["a.yaml", "a.yaml"] } })).toEqual([]);
  });

  test("is refused with both files if they differ", () => {
    expect(problemsOf({ files: { "a.yaml": map("b"), "b.yaml": `# x\n---\n---\n${map("c")}` } })).toEqual([
      "ConfigMap/front of cluster a: expected one definition, or several equal definitions, got two that differ: " +
        "document 1 of manifests a.yaml, and document 2 of manifests b.yaml. " +
        "Keep one of the two, or give one of them another name or namespace.",
    ]);
  });

  test("is refused for CRDs that differ", () => {
    const crd = (scope: string): string =>
      `${object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "as.example.org")}spec: {scope: ${scope}}\n`;
    expect(problemsOf({ files: { "a.yaml": crd("Cluster"), "b.yaml": crd("Namespaced") } })).toHaveLength(1);
    expect(problemsOf({ files: { "a.yaml": crd("Cluster"), "b.yaml": crd("Cluster") } })).toEqual([]);
  });
});

describe("a provider of the settings", () => {
  const problemsWith = (text: string): string[] => {
    const more = { providers: [{ name: "aws", version: "v2.0.0", manifest: "aws.yaml" }] };
    const settings = settingsOf({ more });
    const { manifests } = inputs(settings);
    const providers = [...manifests.providers, userManifest("infrastructure-aws", text)];
    return ownerProblems(settings, { ...manifests, providers }).map(sentence);
  };

  test("is refused with objects of another provider or of Kubernetes", () => {
    expect(problemsWith(object("v1", "Namespace", "capa-system"))).toEqual([]);
    expect(problemsWith(object("v1", "Namespace", "capd-system"))).toEqual([
      expect.stringMatching(/^providers\[0\]\.manifest: expected no object that infrastructure-docker creates/),
    ]);
    expect(problemsWith(object("v1", "Namespace", "cert-manager"))).toHaveLength(1);
    expect(problemsWith(object("v1", "Namespace", "kube-system"))).toHaveLength(1);
  });
});

describe("a template", () => {
  const problemsWith = (kind: string, name: string): string[] => {
    const settings = settingsOf({ fields: { namespace: "team" } });
    const supporting = [
      { apiVersion: "v1", kind, metadata: { name, ...(kind === "Namespace" ? {} : { namespace: "team" }) } },
    ];
    return templateOwnerProblems(settings.clusters, { a: { supporting } }, inputs(settings).manifests).map(sentence);
  };

  test("is refused with an object that the stack creates in the management cluster", () => {
    expect(problemsWith("Namespace", "other")).toEqual([]);
    expect(problemsWith("ConfigMap", "team")).toEqual([]);
    expect(problemsWith("Namespace", "team")).toEqual([
      "template of cluster a: expected no object that Slipway, as the namespace of clusters, creates in the same cluster, " +
        "got Namespace/team (template). Remove the object, give another name or namespace.",
    ]);
    expect(problemsWith("Namespace", "capi-system")).toHaveLength(1);
    expect(problemsWith("Namespace", "kube-system")).toHaveLength(1);
    expect(problemsWith("ConfigMap", "kube-root-ca.crt")).toHaveLength(1);
  });
});

describe("a cluster in the namespace of a controller", () => {
  test.each([
    ["clusterNamespace", { clusterNamespace: "capi-system" }],
    ["clusters[0].namespace", { clusters: [{ name: "a", namespace: "kube-system" }] }],
  ])("is refused in %s", (key, config) => {
    const read = (): unknown => readSettings({ config, pins });
    expect(read).toThrow(`${key}: expected a namespace without a controller`);
  });

  test("is refused for the namespace of a listed provider, whatever its name", () => {
    const settings = settingsOf({ fields: { namespace: "my-cloud" } });
    const { manifests } = inputs(settings);
    expect(namespaceProblems(settings.clusters, manifests)).toEqual([]);
    const providers = [
      ...manifests.providers,
      userManifest("infrastructure-my", object("v1", "Namespace", "my-cloud")),
    ];
    expect(namespaceProblems(settings.clusters, { ...manifests, providers }).map(sentence)).toEqual([
      'namespace of cluster a: expected a namespace without a controller (infrastructure-my creates it for its own pods), got "my-cloud". Choose another namespace, for example default.',
    ]);
  });
});
