import { existsSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type Artifact, orderByNeeds } from "../../../../cli/toolchain/build/artifact";
import { artifactFolder, openCache, type Cache } from "../../../../cli/toolchain/build/cache";
import { writeLayout } from "../../../../cli/toolchain/build/layout";
import { onDemand, sourceArtifacts } from "../../../../cli/toolchain/source/artifacts";
import { withoutLines } from "../../../../cli/toolchain/source/goGroup";
import { kubeadmImageNames, nodeImageName } from "../../../../cli/toolchain/source/images/names";
import { releaseSuffix } from "../../../../cli/toolchain/source/kubernetesRelease";
import { sourceLayout } from "../../../../cli/toolchain/source/link";
import { manifests } from "../../../../cli/toolchain/source/manifests";
import { demanded, namedBySettings } from "../../../../cli/toolchain/source/onDemand";
import { readSettings } from "../../../../lib/settings/settings";
import { pins } from "../../../../lib/versions/pins";
import { requiredTools } from "../../../../preflight/host/facts";
import { readStackFile } from "../../../../preflight/stackFile";
import { root } from "../../../../system/checkout";

const flannel = ".tools/manifests/flannel.yaml";
const names = (artifacts: readonly Artifact[]): string[] => artifacts.map(({ name }) => name);

const namedBy = (stack: string): string[] => {
  const { settings, problems } = readStackFile(root, stack, "source");
  if (settings === undefined) throw new Error(problems);
  return namedBySettings(settings);
};

/** What a stack has made beyond what every stack needs. */
const extras = (stack: string): string[] => names(sourceArtifacts(namedBy(stack)).slice(sourceArtifacts().length));

describe("what only some stacks need", () => {
  const artifact = (name: string, needs: string[] = [], gives?: string): Artifact => ({
    name,
    title: name,
    needs,
    key: name,
    build: () => Promise.resolve(),
    ...(gives === undefined ? {} : { gives }),
  });
  const list = [artifact("a", ["b", "elsewhere"], "x:1"), artifact("b", ["c"], "y:1"), artifact("c"), artifact("d", [], "z:1")]; // prettier-ignore

  test.each([
    [[], []],
    [["x:1"], ["a", "b", "c"]],
    [
      ["z:1", "y:1", "y:1"],
      ["b", "c", "d"],
    ],
    [["unknown:1", "c"], []],
  ])("for %j is %j", (named, expected) => expect(names(demanded(list, named))).toEqual(expected));

  test("is nothing for the stacks of the first hour", () => {
    expect([extras("offline"), extras("ha"), extras("many"), extras("dev")]).toEqual([[], [], [], []]);
  });

  test("is flannel with its needs for fleet", () => {
    expect(extras("fleet")).toEqual([
      "manifest-flannel",
      "image-flannel",
      "image-flannel-cni-plugin",
      "go-flannel",
      "go-flannel-cni-plugin",
    ]);
  });

  const other = pins.source.otherKubernetes[0]!;
  const nodeImage = [
    ...[
      "image-node-1.33",
      "image-kube-apiserver-1.33",
      "image-kube-controller-manager-1.33",
      "image-kube-scheduler-1.33",
    ],
    ...["image-coredns-1.33", "image-pause-1.33", "image-etcd-1.33", "image-kube-proxy-1.33"],
    ...["go-kubernetes-1.33", "go-coredns-1.33", "go-etcd-1.33"],
  ];

  test("is the other release of Kubernetes for upgrade", () => expect(extras("upgrade")).toEqual(nodeImage));

  test("is also the release between, for a cluster with a class whose nodes have its kube-proxy", () => {
    const listed = ["registry.k8s.io/kube-proxy:v1.33.13", "registry.example/kube-proxy:v1.32.13"];
    const named = (clusters: object[]): string[] =>
      namedBySettings(readSettings({ config: { clusters, extraImages: listed, imageSource: "local" }, pins }));
    expect(named([{ name: "one", class: "quick-start" }])).toContain("kindest/node:v1.33.13");
    expect(named([{ name: "one", class: "quick-start" }])).not.toContain("kindest/node:v1.32.13");
    expect(named([{ name: "one" }])).not.toContain("kindest/node:v1.33.13");
  });

  test("includes the images that nodes keep after an upgrade", () => {
    const images = sourceArtifacts(namedBy("upgrade").filter((name) => !name.startsWith("kindest/node:v1.33")));
    expect(names(images)).toEqual(expect.arrayContaining(["image-kube-proxy-1.33", "image-coredns-1.33"]));
    expect(names(images)).not.toContain("image-node-1.33");
  });

  test("gives each release the images that its kubeadm asks for, and its node image has them", () => {
    const all = sourceArtifacts([nodeImageName(other)]);
    const titles = all.map(({ title }) => title);
    for (const image of Object.values(kubeadmImageNames(other))) expect(titles).toContain(`Image ${image}`);
    const node = all.find(({ gives }) => gives === "kindest/node:v1.33.13");
    // The base names the pinned release's pause.
    expect(node?.needs).toEqual(expect.arrayContaining(["image-pause", "image-pause-1.33", "image-node-base"]));
    const pinnedNode = all.find(({ name }) => name === "image-node");
    expect(pinnedNode?.needs.filter((need) => need.endsWith("-1.33"))).toEqual([]);
  });

  test("has one release for each minor version, none of them the pinned one's", () => {
    const suffixes = [pins.source, ...pins.source.otherKubernetes].map(releaseSuffix);
    expect(new Set(suffixes).size).toBe(suffixes.length);
  });

  test("is in order together with the rest, under a name and key of its own", () => {
    const all = sourceArtifacts(onDemand.flatMap(({ gives }) => gives ?? []));
    expect(all).toHaveLength(sourceArtifacts().length + onDemand.length);
    expect(orderByNeeds(all)).toHaveLength(all.length);
    // Two releases may have the same pause image, whose artifacts then have equal keys.
    expect(new Set(all.map(({ name, key }) => `${name}-${key}`)).size).toBe(all.length);
  });
});

describe("the layout", () => {
  let folder: string;
  let cache: Cache;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "slipway-layout-"));
    cache = openCache("source", folder);
    const write = (artifact: Artifact, path: string): void => {
      const file = join(artifactFolder(cache, artifact), path);
      mkdirSync(join(file, ".."), { recursive: true });
      writeFileSync(file, path);
    };
    const go = sourceArtifacts().find(({ name }) => name === "go-kubernetes");
    for (const tool of [...requiredTools, "kubelet"]) write(go!, `bin/${tool}`);
    write(manifests, "calico.yaml");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("has the built manifests of all stacks", () => {
    const before = writeLayout(cache, sourceLayout(cache));
    expect(readdirSync(join(before, "manifests"))).toEqual(["calico.yaml"]);
    const artifact = onDemand.find(({ gives }) => gives === flannel)!;
    mkdirSync(artifactFolder(cache, artifact), { recursive: true });
    writeFileSync(join(artifactFolder(cache, artifact), "flannel.yaml"), "");
    const after = writeLayout(cache, sourceLayout(cache));
    expect(after).not.toBe(before);
    expect(readlinkSync(join(after, "manifests", "flannel.yaml"))).toBe(
      join(artifactFolder(cache, artifact), "flannel.yaml"),
    );
    expect(existsSync(join(after, "manifests", "calico.yaml"))).toBe(true);
  });

  test("takes no tool from programs of a single stack", () => {
    const artifact = onDemand.find(({ name }) => name === "go-flannel")!;
    mkdirSync(join(artifactFolder(cache, artifact), "bin"), { recursive: true });
    writeFileSync(join(artifactFolder(cache, artifact), "bin", "kubectl"), "");
    expect(sourceLayout(cache).links.kubectl).toContain("go-kubernetes-");
  });
});

describe("a copied file", () => {
  const text = 'import (\n\t_ "a/udp"\n\t_ "a/vxlan"\n\t_ "b/udp"\n)\n';

  test("loses the named lines", () => {
    expect(withoutLines(text, ['"a/udp"', '"b/udp"'])).toBe('import (\n\t_ "a/vxlan"\n)\n');
    expect(withoutLines(text, [])).toBe(text);
  });

  test.each([
    ["udp", "2 lines"],
    ["tencent", "0 lines"],
  ])("is refused where %s is in %s", (mark, count) => expect(() => withoutLines(text, [mark])).toThrow(count));
});
