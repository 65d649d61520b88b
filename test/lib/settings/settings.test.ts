import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { isRecord } from "../../../lib/base/json";
import { loadBalancerRange } from "../../../lib/network/loadBalancerRange";
import { Networks } from "../../../lib/network/networks";
import { addressOf } from "../../../lib/network/parse";
import { describeSettings } from "../../../lib/settings/docs";
import { projectConfig, readSettings, SettingsError } from "../../../lib/settings/settings";
import type { Settings } from "../../../lib/settings/types";
import { messageLike } from "../../helpers/messageLike";

const release = {
  kind: "0.33.0",
  kubernetes: "1.36.4",
  clusterApi: "1.14.2",
  certManager: "1.21.2",
  calico: "3.32.2",
  flannel: "0.28.9",
  metallb: "0.16.1",
  nginx: "1.29.3",
};
const pins = { release, source: { ...release, kubernetes: "1.34.4", etcd: "3.6.5" } };
const read = (config: Record<string, unknown> = {}): Settings => readSettings({ config, pins });

const problemsOf = (config: Record<string, unknown>): string[] => {
  try {
    read(config);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as SettingsError).message.split("\n").slice(1);
  }
};

describe("without any setting", () => {
  test("defaults come from the pinned release", () => {
    expect(read()).toMatchSnapshot();
  });

  test("the set of versions can be source, without versions that the program does not use", () => {
    const { versions, management, clusters } = read({ pins: "source" });
    expect(versions).toEqual({ ...release, kubernetes: "1.34.4" });
    expect([management.nodeImage, clusters[0]?.nodeImage, clusters[0]?.kubernetesVersion]).toEqual([
      "kindest/node:v1.34.4",
      "kindest/node:v1.34.4",
      "v1.34.4",
    ]);
  });

  test("an empty string means the default that Pulumi.yaml describes", () => {
    const empty = describeSettings().filter((setting) => setting.default === "");
    expect(empty.length).toBeGreaterThan(10);
    expect(read(Object.fromEntries(empty.map(({ key }) => [key, ""])))).toEqual(read());
  });

  test("stating every default changes nothing", () => {
    expect(read(Object.fromEntries(describeSettings().map((setting) => [setting.key, setting.default])))).toEqual(
      read(),
    );
  });
});

describe("values", () => {
  test("have the same meaning as YAML and as strings from Pulumi", () => {
    const settings = {
      controlPlaneReplicas: 3,
      application: false,
      featureGates: { CLUSTER_TOPOLOGY: true, TTL: "15m", N: 5 },
    };
    const texts = Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, JSON.stringify(value)]));
    expect(read(texts)).toEqual(read(settings));
    expect(read(settings)).toMatchObject({
      clusters: [{ controlPlaneReplicas: 3 }],
      application: { enabled: false },
      featureGates: { CLUSTER_TOPOLOGY: "true", TTL: "15m", N: "5" },
    });
  });

  test("derive from other values", () => {
    const { network, clusters } = read({ networkSubnet: "10.9.8.0/24", kubernetesVersion: "1.35.8+x" });
    expect(network.gateway.text).toBe("10.9.8.1");
    expect(clusters[0]).toMatchObject({ kubernetesVersion: "v1.35.8+x", nodeImage: "kindest/node:v1.35.8_x" });
  });

  test("cannot be changed", () => {
    const { clusters, network } = read();
    expect([clusters, clusters[0], clusters[0]?.workerPools, network].every(Object.isFrozen)).toBe(true);
  });

  test("carry every network, address and range as a value", () => {
    const clusters = [
      { name: "a", podCidr: "10.64.0.0/16,fd00:64::/56", serviceCidr: "10.128.0.0/12,fd00:128::/108" },
      { name: "b", template: "b.yaml", loadBalancer: "metallb", loadBalancerAddresses: "10.1.2.240/28" },
    ];
    const texts = (value: unknown): string[] => {
      if (typeof value === "string") return [value];
      const isValue = value instanceof Networks || (isRecord(value) && "family" in value);
      return typeof value !== "object" || value === null || isValue ? [] : Object.values(value).flatMap(texts);
    };
    const providers = [{ name: "b", version: "v1.0.0", manifest: "b.yaml" }];
    const all = texts(read({ clusters, providers, networkGateway: "172.18.0.9", networkSubnetIPv6: "fd00:9::/64" }));
    expect(all).toContain("b.yaml");
    expect(all.filter((text) => addressOf(text.split(/[/,-]/)[0] ?? "") !== undefined)).toEqual([]);
  });

  test("zero workers make no pool", () => {
    expect(read({ workerReplicas: 0, application: false }).clusters[0]?.workerPools).toEqual([]);
  });

  test("projectConfig removes the namespace, and keys of other namespaces", () => {
    expect(projectConfig({ "slipway:a": "1", "pulumi:b": "2", "slipway:c:d": "3", slipway: "4" })).toEqual({
      a: "1",
      "c:d": "3",
    });
  });
});

describe("each problem has key, rule, value and remedy", () => {
  test.each<[Record<string, unknown>, string]>([
    [{ clustrName: "x" }, "clustrName: expected a setting that Pulumi.yaml declares. Did you mean clusterName?"],
    [
      { templateSecret: { A: "hunter2" } },
      "templateSecret: expected a setting that Pulumi.yaml declares. Did you mean templateSecrets?",
    ],
    [{ zzzzzzzz: 1 }, "zzzzzzzz: expected a setting that Pulumi.yaml declares. Remove it"],
    [{ constructor: 1 }, "constructor: expected a setting that Pulumi.yaml declares. Remove it"],
    [{ pins: "latest" }, 'pins: expected one of release, source, got "latest". Choose one of these values'],
    [
      { imageSource: "Local" },
      'imageSource: expected one of registry, local, got "Local". Set it to local, or remove it',
    ],
    [{ imageSource: "Local" }, "expected one of registry, local, got "],
    [{ capdImageSource: "pul" }, 'capdImageSource: expected one of pull, build, archive, local, got "pul"'],
    [{ clusterName: 5 }, "clusterName: expected a string, got 5. Write it as"],
    [{ clusterName: null }, "clusterName: expected a string, got null"],
    [{ workerReplicas: "many" }, 'workerReplicas: expected an integer, got "many". Write it as 3'],
    [{ workerReplicas: 1.5 }, "workerReplicas: expected an integer, got 1.5"],
    [{ workerReplicas: "1.0" }, "expected an integer, got "],
    [{ workerReplicas: true }, "expected an integer, got "],
    [{ application: "yes" }, 'application: expected true or false, got "yes"'],
    [{ application: 1 }, "expected true or false, got 1"],
    [{ featureGates: "CLUSTER_TOPOLOGY=true" }, "expected a map, got …. Write it as lines of NAME: value"],
    [{ featureGates: ["x"] }, "expected a map, got "],
    [
      { featureGates: { clusterTopology: true } },
      'expected a map of names (A-Z, 0-9, _; first a letter)…, got {"clusterTopology":true}',
    ],
    [{ featureGates: { A: "x", B: { c: 1 } } }, 'featureGates: expected a map of names…, got {"B":{"c":1}}'],
    [{ clusterName: "Capd_1" }, 'clusterName: expected 1 to 43 lower-case letters…, got "Capd_1". Write it as capd-1'],
    [{ clusterName: "" }, "Write a name such as cluster-1"],
    [{ clusterName: "a-" }, "Write it as a"],
    [{ clusterName: "a".repeat(44) }, "expected 1 to 43 …Cluster API appends -control-plane-xxxxx"],
    [{ managementCluster: "a".repeat(50) }, "managementCluster: expected 1 to 49 …kind appends"],
    [{ clusterNamespace: "team.a" }, "clusterNamespace: …. Write it as team-a"],
    [{ serviceDomain: "Cluster.local" }, "serviceDomain: expected a domain"],
    [{ serviceDomain: "cluster..local" }, "expected a domain"],
    [{ clusterName: "clusterapi" }, 'clusterName: expected a name other than managementCluster, …, got "clusterapi"'],
    [{ managementCluster: "capd" }, "expected a name other than managementCluster"],
    [{ kubernetesVersion: "1.36" }, 'kubernetesVersion: expected a full Kubernetes version, got "1.36". …v1.34.4'],
    [{ kubernetesVersion: "latest" }, "expected a full Kubernetes version"],
    [{ kubernetesVersion: "v01.2.3" }, "expected a full Kubernetes version"],
    [
      { nodeImage: "kindest/node" },
      'nodeImage: expected an image reference with a tag or a digest, got "kindest/node"',
    ],
    [{ nodeImage: "Kindest/Node:v1" }, "expected an image reference"],
    [{ managementNodeImage: "localhost:5000/node" }, "managementNodeImage: expected an image reference"],
    [{ capdImage: "gcr.io/a/b@sha256:12" }, "capdImage: expected an image reference"],
    [{ applicationImage: "nginx:" }, "applicationImage: expected an image reference"],
    [{ controlPlaneReplicas: 2 }, "controlPlaneReplicas: expected 1, 3, 5 or 7, …, got 2. Set it to 3"],
    [{ controlPlaneReplicas: 0 }, "Set it to 1"],
    [{ controlPlaneReplicas: 9 }, "Set it to 7"],
    [{ controlPlaneReplicas: 1000 }, "got 1000. Correct the number"],
    [{ controlPlaneReplicas: -50 }, "got -50. Correct the number"],
    [{ loadBalancerPrefix: 1_000_000 }, "got 1000000. Correct the number"],
    [{ loadBalancerPrefix: -5 }, "got -5. Correct the number"],
    [{ clusterName: "!!" }, "Write a name such as cluster-1"],
    [{ controlPlaneReplicas: -1 }, "Set it to 1"],
    [{ controlPlaneReplicas: 1e3 }, "got 1000. Correct the number, or remove the setting for the default."],
    [{ workerReplicas: 300 }, "Set it to 250"],
    [{ workerReplicas: 1e9 }, "Correct the number"],
    [
      { workerReplicas: -1, application: false },
      "workerReplicas: expected a number from 0 to 250, got -1. Set it to 0",
    ],
    [
      { workerReplicas: 0 },
      "workerReplicas: expected 1 or more where application is true, …, got 0. …application to false",
    ],
    [
      { networkSubnet: "172.18.0.1/16" },
      'networkSubnet: expected a network address, …, got "172.18.0.1/16". Write 172.18.0.0/16',
    ],
    [{ networkSubnet: "172.18.0.0" }, "networkSubnet: expected an IPv4 network in CIDR notation"],
    [{ networkSubnet: "172.18.0.0/29" }, "networkSubnet: expected a prefix length from /8 to /28"],
    [
      { networkGateway: "172.19.0.1" },
      'networkGateway: expected an address of 172.18.0.0/16 …, got "172.19.0.1". Write 172.18.0.1',
    ],
    [{ networkGateway: "172.18.255.255" }, "networkGateway: …neither its first nor its last"],
    [{ loadBalancerPrefix: 16 }, "loadBalancerPrefix: expected an integer from 17 to 31…, got 16"],
    [{ loadBalancerPrefix: 33 }, "loadBalancerPrefix: expected a number from 9 to 31, got 33"],
    [
      { loadBalancerPrefix: 31, networkGateway: "172.18.255.254" },
      "loadBalancerPrefix: expected a block with an address …, got 31",
    ],
    [{ podCidr: "192.168.1.0/16" }, "podCidr: …. Write 192.168.0.0/16"],
    [{ podCidr: "192.168.0.0/28" }, "podCidr: expected a prefix length from /8 to /24 ….…for example 192.168.0.0/24"],
    [
      { podCidr: "192.168.0.0/24" },
      "podCidr: expected a network with a /24 for each of 2 nodes, got 192.168.0.0/24 with room for 1",
    ],
    [{ serviceCidr: "10.0.0.0/8" }, "serviceCidr: expected a prefix length from /12 to /28"],
    [
      { podCidr: "10.0.0.0/8" },
      'serviceCidr: expected a network that shares no address with podCidr, 10.0.0.0/8, got "10.128.0.0/12"',
    ],
    [
      { podCidr: "172.16.0.0/12" },
      'podCidr: expected a network that shares no address with networkSubnet, 172.18.0.0/16, got "172.16.0.0/12"',
    ],
    [{ serviceCidr: "172.16.0.0/12" }, "serviceCidr: expected a network that shares no address with networkSubnet"],
    [
      { networkSubnet: "10.9.8.0/28", workerReplicas: 5 },
      "networkSubnet: expected a subnet for 6 nodes in its lower half (this subnet has room for 4)",
    ],
    [
      { imageSource: "registry", extraImages: ["example.org/a:1"] },
      'extraImages: expected no value where imageSource is registry…, got ["example.org/a:1"]',
    ],
    [
      { imageSource: "local", extraImages: ["example.org/a"] },
      'extraImages[0]: expected an image…, got "example.org/a"',
    ],
    [{ capdImageSource: "archive" }, 'capdImageArchive: expected a path where capdImageSource is archive, got ""'],
    [
      { capdImageArchive: "capd.tar" },
      'capdImageArchive: expected no value where capdImageSource is pull, got "capd.tar"',
    ],
    [
      { capdSource: "../cluster-api" },
      'capdSource: expected no value where capdImageSource is pull, got "../cluster-api". Remove it, or set',
    ],
    [
      { capdImageSource: "build", capdSource: "../cluster-api", capdImage: "example.org/capd:v1" },
      'capdImage: expected no value beside capdSource, …, got "example.org/capd:v1"',
    ],
    [{ capdImageSource: "build", capdSource: "a\u001bb" }, "capdSource: expected a path without line breaks"],
    [
      { installProviders: false },
      "installProviders: expected true where Slipway creates the management cluster…, got false",
    ],
    ...(["managementCluster", "managementNodeImage"] as const).map((key): [Record<string, unknown>, string] => [
      { managementKubeconfig: "their.yaml", [key]: "x:1".slice(0, key === "managementCluster" ? 1 : 3) },
      `${key}: expected no value beside managementKubeconfig, …, got `,
    ]),
    [
      { managementKubeconfig: "their.yaml", capdImageSource: "local" },
      'capdImageSource: expected no value beside managementKubeconfig, …, got "local"',
    ],
    [
      { cniManifest: "ftp://x/y.yaml" },
      'cniManifest: expected an http or https URL, or the path of a file, got "ftp://x/y.yaml"',
    ],
    [{ coreManifest: "https://" }, "coreManifest: expected an http or https URL"],
    [{ loadBalancerManifest: " " }, "loadBalancerManifest: …the path of a file"],
    [{ loadBalancerManifest: "a\nb" }, "loadBalancerManifest: …the path of a file"],
    [{ loadBalancerManifest: "a\0" }, "loadBalancerManifest: …the path of a file"],
    [{ coreManifest: "https://example.org/\ncore.yaml" }, "coreManifest: expected an http or https URL"],
    [{ managementKubeconfig: "a\u001bb" }, "managementKubeconfig: expected a path without line breaks"],
    [{ featureGates: { A: "x\n- y" } }, "featureGates: …strings without control characters"],
  ])("%j", (config, expected) => {
    const problems = problemsOf(config);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(messageLike(expected));
    expect(problems[0]).toMatch(/^ {2}- \S+: expected (?!be |not |have |must )\S.*\. [A-Z].*\.$/);
  });

  test.each<[string, Record<string, unknown>]>([
    ["a registry with a port", { nodeImage: "localhost:5000/kindest/node:v1" }],
    ["a digest", { nodeImage: `kindest/node:v1@sha256:${"a".repeat(64)}` }],
    ["a path with dots and hyphens", { applicationImage: "registry.k8s.io/a.b/c__d-e:1.0_x" }],
    ["the shortest subnet", { networkSubnet: "10.9.8.0/28" }],
    ["an archive", { capdImageSource: "archive", capdImageArchive: "images/capd.tar" }],
    ["a clone", { capdImageSource: "build", capdSource: "~/src/cluster-api" }],
    ["a path with spaces", { cniManifest: "my manifests/calico.yaml" }],
    ["a load balancer range of the upper half", { networkSubnet: "10.9.8.0/24", loadBalancerPrefix: 25 }],
    ["a prerelease", { kubernetesVersion: "v1.37.0-rc.1" }],
    ["an existing management cluster", { managementKubeconfig: "their.yaml", installProviders: false }],
    ["the longest name", { clusterName: "a".repeat(43) }],
  ])("accepts %s", (_, config) => {
    expect(problemsOf(config)).toEqual([]);
  });
});

describe("no problem shows a secret:", () => {
  const secret = "hunter2-Hunter2";
  const encrypted = { secure: secret };
  const messageOf = (config: Record<string, string>, secretKeys: string[]): string => {
    try {
      readSettings({ config, pins, secretKeys });
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };

  test.each<[string, Record<string, unknown>]>([
    ["an unknown setting", { password: secret }],
    ["an unknown setting without a secret name", { zzzz: secret }],
    ["an unknown setting with a map", { zzzz: { a: [secret] } }],
    ["an unknown field of a cluster", { clusters: [{ name: "a", podCidr: "10.0.0.0/16", passwort: secret }] }],
    [
      "an unknown field of a worker pool",
      { clusters: [{ name: "a", workers: [{ name: "p", replicas: 1, x: secret }] }] },
    ],
    ["an encrypted string", { podCidr: encrypted }],
    ["an encrypted number", { workerReplicas: encrypted }],
    ["an encrypted boolean", { application: encrypted }],
    ["an encrypted choice", { pins: encrypted }],
    ["an encrypted part of a map", { featureGates: { A: encrypted } }],
    ["an encrypted part of a list", { extraImages: [encrypted], imageSource: "local" }],
    ["an encrypted cluster", { clusters: [encrypted] }],
    ["a variable with the name of a secret", { featureGates: { API_TOKEN: `${secret}\n` } }],
    ["a list below the name of a secret", { featureGates: { PASSWORDS: [secret] } }],
    ["a secret setting", { templateSecrets: { A: { b: secret } } }],
    ["a secret setting that is text", { templateSecrets: secret }],
  ])("%s", (_, config) => {
    const problems = problemsOf(config).join("\n");
    expect(problems).toMatch(/expected/);
    expect(problems.toLowerCase()).not.toContain("hunter2");
  });

  test.each<[string, Record<string, string>]>([
    ["a name", { clusterName: secret }],
    ["a network", { podCidr: secret }],
    ["a version", { kubernetesVersion: secret }],
    ["a choice", { pins: secret }],
    ["a list", { clusters: JSON.stringify([{ name: secret }]) }],
  ])("the plain text of an encrypted setting: %s", (_, config) => {
    const message = messageOf(config, Object.keys(config));
    expect(message).toMatch(/expected .*\. [A-Z]/);
    expect(message).not.toMatch(/hunter2/i);
  });

  test("the plain text of an encrypted setting in the rule of another setting", () => {
    const config = { podCidr: "10.0.0.0/8", serviceCidr: "10.128.0.0/12" };
    expect(messageOf(config, [])).toContain("podCidr, 10.0.0.0/8");
    expect(messageOf(config, ["podCidr"])).toMatch(/serviceCidr: expected .*podCidr, \[secret\], got "10\.128/);
  });
});

describe("many problems", () => {
  test("come in one error", () => {
    const config = {
      clustrName: "x",
      controlPlaneReplicas: 2,
      podCidr: "10.128.0.0/12",
      networkSubnet: "10.128.0.0/16",
      pins: 3,
    };
    const error = (() => {
      try {
        return read(config);
      } catch (caught) {
        return caught as SettingsError;
      }
    })();
    expect(error).toBeInstanceOf(SettingsError);
    expect((error as SettingsError).problems.map(({ key }) => key)).toEqual([
      "clustrName",
      "pins",
      "controlPlaneReplicas",
      "podCidr",
      "serviceCidr",
      "serviceCidr",
    ]);
    expect((error as SettingsError).message).toMatch(
      /^The stack's settings have 6 problems; see Pulumi\.<stack>\.yaml/,
    );
  });

  test("an invalid value has one problem, without problems of derived values", () => {
    expect(problemsOf({ networkSubnet: "x" })).toHaveLength(1);
    expect(problemsOf({ kubernetesVersion: "x y" })).toHaveLength(1);
  });
});

describe("for any input", () => {
  const keys = describeSettings().map(({ key }) => key);
  const value = fc.oneof(
    fc.anything(),
    fc.string(),
    fc.constantFrom(
      "0",
      "3",
      "true",
      "{}",
      "10.0.0.0/8",
      "10.9.8.0/24",
      "10.9.8.0/28",
      "a:1",
      "archive",
      "source",
      "v1.2.3",
    ),
  );

  test("readSettings returns settings or throws a SettingsError with complete problems", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), value, { maxKeys: 12 }), (config) => {
        try {
          read(config);
        } catch (error) {
          expect(error).toBeInstanceOf(SettingsError);
          for (const { key, rule, remedy } of (error as SettingsError).problems) {
            expect(key).toEqual(expect.any(String));
            expect(rule).toMatch(/^(?!be |not |have |must )\S/);
            expect(remedy).toMatch(/^[A-Z]/);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("a network that passes has a load balancer range", () => {
    const network = fc.record({
      networkSubnet: fc
        .tuple(fc.nat(255), fc.nat(255), fc.integer({ min: 7, max: 29 }))
        .map(([a, b, prefix]) => `10.${a}.${b}.0/${prefix}`),
      loadBalancerPrefix: fc.integer({ min: 8, max: 32 }),
      networkGateway: fc.oneof(
        fc.constant(""),
        fc.tuple(fc.nat(255), fc.nat(255)).map(([a, b]) => `10.${a}.0.${b}`),
      ),
    });
    fc.assert(
      fc.property(network, (config) => {
        if (problemsOf(config).length > 0) return;
        const { subnet, gateway, loadBalancerPrefix } = read(config).network;
        expect(loadBalancerRange(subnet, gateway, loadBalancerPrefix).size).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });
});
