import { describe, expect, test } from "@jest/globals";
import { ProblemError } from "../../../lib/base/problem";
import { readSettings } from "../../../lib/settings/settings";
import { pins, type Route } from "../../../lib/versions/pins";
import type { StackManifests } from "../../../preflight/manifests/stack";
import { mergeSources, stackSources } from "../../../preflight/sources/stackSources";

const settingsOf = (config: Record<string, string>, route: Route = "release") => readSettings({ config, pins, route });

const pod = (name: string, image: string) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name },
  spec: { containers: [{ name, image }] },
});
const manifest = (name: string, image: string) => ({ name, crds: [], objects: [pod(name, image)] });
const manifests: StackManifests = {
  certManager: manifest("cert-manager", "quay.io/jetstack/cert-manager-controller:v1"),
  providers: [manifest("cluster-api", "registry.k8s.io/cluster-api:v1"), manifest("capd", "example.org/capd:v1")],
  inventory: { name: "inventory", crds: [], objects: [] },
  cni: { calico: manifest("calico", "quay.io/calico/node:v1") },
  loadBalancer: manifest("metallb", "quay.io/metallb/speaker:v1"),
  extra: {},
};
const read = (): Promise<StackManifests> => Promise.resolve(manifests);
const locations = async (config: Record<string, string>, route?: Route): Promise<string[]> => {
  const { sources } = await stackSources(settingsOf(config, route), read);
  return mergeSources(sources).map(({ location }) => location);
};

describe("the sources of a stack", () => {
  test("are its manifests by URL, the images of its settings and of its manifests, each once", async () => {
    const { sources, problems } = await stackSources(settingsOf({}), read);
    expect(problems).toEqual([]);
    const merged = mergeSources(sources);
    const images = merged.filter(({ type }) => type === "image");
    expect(images.map(({ location }) => location)).toEqual(
      [
        "example.org/capd:v1",
        `gcr.io/k8s-staging-cluster-api/capd-manager:v${pins.release.clusterApi}`,
        `kindest/haproxy:v${pins.source.haproxy}`,
        expect.stringMatching(`^kindest/node:v${pins.release.kubernetes}`),
        `nginx:${pins.release.nginx}`,
        "quay.io/calico/node:v1",
        "quay.io/jetstack/cert-manager-controller:v1",
        "quay.io/metallb/speaker:v1",
        "registry.k8s.io/cluster-api:v1",
      ].map((one) => one as string),
    );
    const node = images.find(({ location }) => location.startsWith("kindest/node"));
    expect(node?.neededFor).toEqual(["cluster capd", "management cluster"]);
    const files = merged.filter(({ type }) => type === "file");
    expect(files.map(({ neededFor }) => neededFor.join()).sort()).toEqual([
      "MetalLB",
      "cert-manager",
      "cni calico",
      "provider bootstrap",
      "provider controlPlane",
      "provider core",
      "provider infrastructure",
    ]);
  });

  test("include templates, classes and manifests by URL, and no files of this machine", async () => {
    const cluster = {
      name: "dev",
      class: "https://example.org/class.yaml",
      manifests: ["https://example.org/app.yaml", "apps/own.yaml"],
    };
    const list = await locations({ clusters: JSON.stringify([cluster]) });
    expect(list).toContain("https://example.org/class.yaml");
    expect(list).toContain("https://example.org/app.yaml");
    expect(list.join()).not.toContain("own.yaml");
  });

  test("have no images where the machine builds the images, and none of what is not installed", async () => {
    const local = await locations({}, "source");
    expect(local.filter((location) => !location.startsWith("https://"))).toEqual([]);
    const bare = await locations({ clusters: JSON.stringify([{ name: "dev", cni: "none", loadBalancer: "none" }]) });
    expect(bare).not.toContain("quay.io/metallb/speaker:v1");
    expect(bare.filter((location) => location.includes("calico.yaml"))).toEqual([]);
  });

  test("name the manifests that cannot be read, and keep everything else", async () => {
    const problem = { key: "cniManifest", rule: "a URL that can be fetched", got: "none", remedy: "Correct it" };
    const { sources, problems } = await stackSources(settingsOf({}), () => Promise.reject(new ProblemError([problem])));
    expect(problems).toEqual(["cniManifest: expected a URL that can be fetched, got none. Correct it."]);
    expect(sources.some(({ location }) => location.startsWith("kindest/node"))).toBe(true);
    await expect(stackSources(settingsOf({}), () => Promise.reject(new Error("a fault")))).rejects.toThrow("a fault");
  });
});
