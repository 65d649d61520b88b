import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { load } from "js-yaml";
import { describeSettings } from "../../lib/settings/schema/stack";
import { readSettings } from "../../lib/settings/settings";
import { pins } from "../../lib/versions/pins";
import { versionStep } from "../../lib/versions/semver";
import { readStackFile } from "../../preflight/stackFile";

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

describe("the stacks", () => {
  const stack = (name: string) => {
    const entries = Object.entries(readFile(`Pulumi.${name}.yaml`)["config"] as Record<string, unknown>);
    const slipwayEntries = entries
      .filter(([key]) => key.startsWith("slipway:"))
      .map(([key, value]) => [key.slice(8), value] as const);
    return {
      all: Object.fromEntries(entries),
      settings: readSettings({ config: Object.fromEntries(slipwayEntries), pins }),
    };
  };

  test.each(["dev", "offline"])("%s uses no default provider and is right", (name) => {
    expect(stack(name).all["pulumi:disable-default-providers"]).toEqual(["kubernetes"]);
    expect(stack(name).settings.clusters).toMatchObject([
      {
        name: "capd",
        namespace: "default",
        controlPlaneReplicas: 1,
        workerPools: [{ name: "md-0", replicas: 1 }],
        podCidr: "192.168.0.0/16",
        serviceCidr: "10.128.0.0/12",
        serviceDomain: "cluster.local",
      },
    ]);
  });

  test("offline differs from dev in versions, images and manifests only", () => {
    const [dev, offline] = [stack("dev").settings, stack("offline").settings];
    const { pins: route, versions, imageSource, manifests } = offline;
    expect({ route, imageSource, source: offline.capd.source }).toEqual({
      route: "source",
      imageSource: "local",
      source: "local",
    });
    expect(Object.values(manifests)).toEqual(
      Array(7).fill(expect.stringMatching(/^\.tools\/manifests\/[a-z-]+\.yaml$/)),
    );
    expect(offline).toEqual({
      ...dev,
      pins: route,
      versions,
      imageSource,
      manifests,
      capd: { ...dev.capd, source: "local" },
      management: { ...dev.management, nodeImage: `kindest/node:v${pins.source.kubernetes}` },
      clusters: dev.clusters.map((cluster) => ({
        ...cluster,
        kubernetesVersion: `v${pins.source.kubernetes}`,
        nodeImage: `kindest/node:v${pins.source.kubernetes}`,
      })),
      application: { enabled: true, image: `nginx:${pins.source.nginx}` },
    });
  });
});

describe("the examples", () => {
  const cluster = (name: string, index = 0) => {
    const { settings, problems } = readStackFile(`Pulumi.${name}.yaml`);
    expect(problems).toBeUndefined();
    return { settings, cluster: settings?.clusters[index] };
  };

  test.each(["ha", "fleet", "many", "upgrade"])(
    "%s takes the source route's pins and images, as offline does",
    (name) => {
      const [{ settings }, { settings: offline }] = [cluster(name), cluster("offline")];
      for (const key of ["pins", "versions", "imageSource", "capd", "manifests", "network", "management"] as const) {
        expect(settings?.[key]).toEqual(offline?.[key]);
      }
      expect(readFile(`Pulumi.${name}.yaml`)).toMatchObject({
        config: { "pulumi:disable-default-providers": ["kubernetes"] },
      });
    },
  );

  test("ha has 3 control planes and 2 workers", () => {
    expect(cluster("ha").cluster).toMatchObject({ controlPlaneReplicas: 3, workerPools: [{ replicas: 2 }] });
  });

  test("fleet has three clusters of different size, with ranges of their own", () => {
    const clusters = cluster("fleet").settings?.clusters ?? [];
    const nodes = clusters.map(({ controlPlaneReplicas, workerPools }) => controlPlaneReplicas + workerPools.length);
    expect(nodes).toEqual([1, 2, 3]);
    const ranges = clusters.flatMap(({ loadBalancerRange }) => loadBalancerRange?.text ?? []);
    expect([ranges.length, new Set(ranges).size]).toEqual([2, 2]);
  });

  test("fleet has two pod networks", () => {
    expect(cluster("fleet").settings?.clusters.map(({ cni }) => cni)).toEqual(["calico", "flannel", "calico"]);
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
    expect(settings?.extraImages).toEqual([
      `registry.k8s.io/kube-proxy:v${other?.kubernetes}`,
      `registry.k8s.io/kube-proxy:v${pins.source.kubernetes}`,
      `registry.k8s.io/coredns/coredns:v${other?.coredns}`,
    ]);
  });

  test("many has 50 simulated clusters", () => {
    const clusters = cluster("many").settings?.clusters ?? [];
    expect(new Set(clusters.map(({ name }) => name)).size).toBe(50);
    expect(clusters.every(({ backend, application }) => backend === "inMemory" && !application)).toBe(true);
  });

  test("a file that is wrong is said to be, and one that is not there has the defaults", () => {
    expect(cluster("no-such-stack").cluster?.name).toBe("capd");
    const folder = mkdtempSync(join(tmpdir(), "slipway-stack-"));
    const file = join(folder, "Pulumi.x.yaml");
    writeFileSync(file, "config: {slipway:clusterName: Not_A_Name}");
    const { problems } = readStackFile(file);
    rmSync(folder, { recursive: true });
    expect(problems).toMatch(/clusterName is "Not_A_Name"/);
  });
});

test("README lists every setting with its default and meaning", () => {
  const readme = readFileSync(join(__dirname, "..", "..", "README.md"), "utf8");
  const missing = describeSettings().filter(
    ({ key, description }) => !readme.includes(`\`${key}\``) || !readme.includes(description),
  );
  expect(missing).toEqual([]);
});

test.each(["dev", "offline"])("Pulumi.%s.yaml carries nobody's salt", (name) => {
  expect(readFile(`Pulumi.${name}.yaml`)).not.toHaveProperty("encryptionsalt");
});
