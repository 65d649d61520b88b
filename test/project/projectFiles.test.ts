import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { load } from "js-yaml";
import { parseNetworks } from "../../lib/network/parse";
import { describeSettings } from "../../lib/settings/docs";
import { readSettings } from "../../lib/settings/settings";
import type { Settings } from "../../lib/settings/types";
import { pins, type Route } from "../../lib/versions/pins";
import { versionStep } from "../../lib/versions/semver";
import { readStackFile } from "../../preflight/stackFile";
import { sourceManifests } from "../helpers/sourceManifests";

const readFile = (name: string): Record<string, unknown> =>
  load(readFileSync(join(__dirname, "..", "..", name), "utf8")) as Record<string, unknown>;

describe("Pulumi.yaml", () => {
  test("declares exactly the settings of the table, in its order", () => {
    const declared = Object.entries(readFile("Pulumi.yaml")["config"] as Record<string, object>);
    expect(declared.map(([key, setting]) => ({ key, ...setting }))).toEqual(describeSettings());
  });

  test("names the project and its runtime", () => {
    expect(readFile("Pulumi.yaml")).toMatchObject({
      name: "slipway",
      runtime: { name: "nodejs", options: { typescript: true, nodeargs: "--require ./scripts/program.cjs" } },
    });
  });
});

const root = join(__dirname, "..", "..");
const stacks = ["dev", "offline", "ha", "fleet", "many", "upgrade"];
const routes = ["release", "source"] as const;

const settingsOf = (name: string, route: Route): Settings => {
  const { settings, problems } = readStackFile(root, name, route);
  if (settings === undefined) throw new Error(problems);
  return settings;
};

describe("the stacks", () => {
  test.each(["dev", "offline"])("%s is one cluster of two nodes on both routes", (name) => {
    for (const route of routes)
      expect(settingsOf(name, route).clusters).toMatchObject([
        {
          name: "capd",
          namespace: "default",
          controlPlaneReplicas: 1,
          workerPools: [{ name: "md-0", replicas: 1 }],
          podCidr: parseNetworks("192.168.0.0/16"),
          serviceCidr: parseNetworks("10.128.0.0/12"),
          serviceDomain: "cluster.local",
        },
      ]);
  });

  test.each(stacks)("%s uses no default provider, and states nothing that the route decides", (name) => {
    const config = readFile(`Pulumi.${name}.yaml`)["config"] as Record<string, unknown>;
    expect(config["pulumi:disable-default-providers"]).toEqual(["kubernetes"]);
    expect(Object.keys(config).filter((key) => /:(pins|imageSource|capdImageSource|\w+Manifest)$/.test(key))).toEqual(
      [],
    );
  });

  test.each(stacks)("%s pulls everything on the release route", (name) => {
    const {
      pins: set,
      imageSource,
      extraImages,
      capd,
      management,
      application,
      manifests,
    } = settingsOf(name, "release");
    const { kubernetes, clusterApi, nginx, certManager, calico, metallb } = pins.release;
    const asset = (file: string): string =>
      `https://github.com/kubernetes-sigs/cluster-api/releases/download/v${clusterApi}/${file}.yaml`;
    expect({ set, imageSource, extraImages, capd, node: management.nodeImage, nginx: application.image }).toEqual({
      set: "release",
      imageSource: "registry",
      extraImages: [],
      capd: { source: "pull", image: `gcr.io/k8s-staging-cluster-api/capd-manager:v${clusterApi}`, archive: "" },
      node: `kindest/node:v${kubernetes}`,
      nginx: `nginx:${nginx}`,
    });
    expect(manifests).toEqual({
      certManager: `https://github.com/cert-manager/cert-manager/releases/download/v${certManager}/cert-manager.yaml`,
      core: asset("core-components"),
      bootstrap: asset("bootstrap-components"),
      controlPlane: asset("control-plane-components"),
      infrastructure: asset("infrastructure-components-development"),
      cni: `https://raw.githubusercontent.com/projectcalico/calico/v${calico}/manifests/calico.yaml`,
      loadBalancer: `https://raw.githubusercontent.com/metallb/metallb/v${metallb}/config/manifests/metallb-native.yaml`,
    });
  });

  test.each(stacks)("%s takes what make tools builds on the source route", (name) => {
    const { pins: set, imageSource, capd, management, application, manifests } = settingsOf(name, "source");
    const { kubernetes, clusterApi, nginx } = pins.source;
    expect({ set, imageSource, capd, node: management.nodeImage, nginx: application.image }).toEqual({
      set: "source",
      imageSource: "local",
      capd: { source: "local", image: `gcr.io/k8s-staging-cluster-api/capd-manager:v${clusterApi}`, archive: "" },
      node: `kindest/node:v${kubernetes}`,
      nginx: `nginx:${nginx}`,
    });
    expect(manifests).toEqual({
      certManager: ".tools/manifests/cert-manager.yaml",
      core: ".tools/manifests/core-components.yaml",
      bootstrap: ".tools/manifests/bootstrap-components.yaml",
      controlPlane: ".tools/manifests/control-plane-components.yaml",
      infrastructure: ".tools/manifests/infrastructure-components.yaml",
      cni: ".tools/manifests/calico.yaml",
      loadBalancer: ".tools/manifests/metallb.yaml",
    });
  });

  test("offline is dev by another name, on both routes", () => {
    for (const route of routes) expect(settingsOf("offline", route)).toEqual(settingsOf("dev", route));
  });

  // As the stack files of earlier versions state it, which users have.
  const stated = {
    pins: "source",
    imageSource: "local",
    capdImageSource: "local",
    ...sourceManifests,
  };

  test.each(stacks)("%s with the source route stated is the same, whatever tools are installed", (name) => {
    const { config } = readFile(`Pulumi.${name}.yaml`) as { config: Record<string, unknown> };
    const slipwaySettings = Object.entries(config).flatMap(([key, value]) =>
      key.startsWith("slipway:") ? [[key.slice(8), value] as const] : [],
    );
    for (const route of routes) {
      const before = readSettings({ config: { ...Object.fromEntries(slipwaySettings), ...stated }, pins, route });
      expect(before).toEqual(settingsOf(name, "source"));
    }
  });
});

describe("the examples", () => {
  const cluster = (name: string, index = 0) => {
    const settings = settingsOf(name, "source");
    return { settings, cluster: settings.clusters[index] };
  };

  test("ha has 3 control planes and 2 workers", () => {
    expect(cluster("ha").cluster).toMatchObject({ controlPlaneReplicas: 3, workerPools: [{ replicas: 2 }] });
  });

  test("fleet has three clusters of different size, with ranges of their own", () => {
    const { clusters } = settingsOf("fleet", "source");
    const nodes = clusters.map(({ controlPlaneReplicas, workerPools }) => controlPlaneReplicas + workerPools.length);
    expect(nodes).toEqual([1, 2, 3]);
    const ranges = clusters.flatMap(({ loadBalancerRange }) => loadBalancerRange?.text ?? []);
    expect([ranges.length, new Set(ranges).size]).toEqual([2, 2]);
  });

  test("fleet has two pod networks", () => {
    expect(cluster("fleet").settings.clusters.map(({ cni }) => cni)).toEqual(["calico", "flannel", "calico"]);
  });

  test("upgrade begins a minor version below, and its nodes have what either version asks for", () => {
    const [other] = pins.source.otherKubernetes;
    const { settings, cluster: upgrade } = cluster("upgrade");
    expect(versionStep(upgrade?.kubernetesVersion ?? "", `v${pins.source.kubernetes}`)).toBe("minor");
    expect(upgrade).toMatchObject({
      kubernetesVersion: `v${other?.kubernetes}`,
      nodeImage: `kindest/node:v${other?.kubernetes}`,
      workerPools: [{ replicas: 2 }],
      application: true,
    });
    expect(settings.extraImages).toEqual([
      `registry.k8s.io/kube-proxy:v${other?.kubernetes}`,
      `registry.k8s.io/kube-proxy:v${pins.source.kubernetes}`,
      `registry.k8s.io/coredns/coredns:v${other?.coredns}`,
    ]);
  });

  test("many has 50 simulated clusters", () => {
    const clusters = cluster("many").settings.clusters;
    expect(new Set(clusters.map(({ name }) => name)).size).toBe(50);
    expect(clusters.every(({ backend, application }) => backend === "inMemory" && !application)).toBe(true);
  });

  test("a file that is wrong is said to be, and one that is not there has the defaults", () => {
    expect(cluster("no-such-stack").cluster?.name).toBe("capd");
    const folder = mkdtempSync(join(tmpdir(), "slipway-stack-"));
    writeFileSync(join(folder, "Pulumi.x.yaml"), "config: {slipway:clusterName: Not_A_Name}");
    const { problems } = readStackFile(folder, "x");
    rmSync(folder, { recursive: true });
    expect(problems).toMatch(/clusterName: expected .*, got "Not_A_Name"/);
  });
});

test.each(["dev", "offline"])("Pulumi.%s.yaml carries nobody's salt", (name) => {
  expect(readFile(`Pulumi.${name}.yaml`)).not.toHaveProperty("encryptionsalt");
});
