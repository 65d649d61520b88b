import { describe, expect, test } from "@jest/globals";
import { sentence } from "../../../lib/base/problem";
import { parseNetwork } from "../../../lib/network/parse";
import { minorOf, sortVersions, versionStep, type VersionStep } from "../../../lib/versions/semver";
import { managementProblems, nodeImageProblems } from "../../../preflight/management/immutable";
import { readControlPlanes, upgradeProblems } from "../../../preflight/management/running";

describe("the step between two versions", () => {
  test.each<[string, string, VersionStep]>([
    ["v1.34.4", "v1.34.4", "same"],
    ["v1.34.4", "1.34.4", "same"],
    ["v1.34.4", "v1.34.4+k0s.1", "same"],
    ["v1.34.4", "v1.34.10", "patch"],
    ["v1.34.0-rc.1", "v1.34.0", "patch"],
    ["v1.34.0-rc.2", "v1.34.0-rc.10", "patch"],
    ["v1.34.0-alpha.1", "v1.34.0-rc.0", "patch"],
    ["v1.34.0-rc", "v1.34.0-rc.1", "patch"],
    ["v1.34.0-1", "v1.34.0-a", "patch"],
    ["v1.33.9", "v1.34.0", "minor"],
    ["v1.9.0", "v1.10.0", "minor"],
    ["v1.32.0", "v1.34.0", "skip"],
    ["v1.34.0", "v2.0.0", "skip"],
    ["v1.34.4", "v1.34.3", "downgrade"],
    ["v1.34.0", "v1.34.0-rc.1", "downgrade"],
    ["v1.34.0", "v1.33.9", "downgrade"],
    ["v2.0.0", "v1.34.0", "downgrade"],
  ])("%s to %s is %s", (from, to, step) => {
    expect(versionStep(from, to)).toBe(step);
  });

  test("versions are sorted as versions, and named by their minor", () => {
    expect(sortVersions(["v1.34.0", "v1.9.1", "v1.34.0-rc.1"])).toEqual(["v1.9.1", "v1.34.0-rc.1", "v1.34.0"]);
    expect(minorOf("v1.33.2", 1)).toBe("v1.34");
  });

  test("throws an error of the program for text that is not a version", () => {
    expect(() => versionStep("latest", "v1.34.0")).toThrow('expected three numbers, for example v1.34.4, got "latest"');
  });
});

describe("running versions", () => {
  const controlPlane = (name: string, status: object, namespace = "default"): object => ({
    metadata: { namespace, name: `${name}-control-plane`, labels: { "cluster.x-k8s.io/cluster-name": name } },
    spec: { version: "v1.35.0" },
    status,
  });
  const read = (...items: object[]): unknown => readControlPlanes(JSON.stringify({ items }));

  test("come from the nodes and not from the requested versions", () => {
    const one = controlPlane("capd", { versions: [{ version: "v1.34.4", replicas: 1 }] });
    expect(read(one)).toEqual({ "default/capd": { lowest: "v1.34.4", highest: "v1.34.4" } });
  });

  test("are two in the middle of an upgrade", () => {
    const one = controlPlane("capd", { versions: [{ version: "v1.34.4" }, { version: "v1.33.1" }] }, "team");
    expect(read(one)).toEqual({ "team/capd": { lowest: "v1.33.1", highest: "v1.34.4" } });
  });

  test("fall back to the older field", () => {
    expect(read(controlPlane("capd", { version: "v1.34.4" }))).toHaveProperty(["default/capd", "lowest"], "v1.34.4");
  });

  test("leave out what has no node yet and what does not belong to a cluster", () => {
    expect(
      read(controlPlane("capd", {}), controlPlane("own", { version: "devel" }), {
        metadata: { name: "x" },
        status: { version: "v1.34.4" },
      }),
    ).toEqual({});
    expect(readControlPlanes("{}")).toEqual({});
  });
});

describe("the rules of an upgrade", () => {
  const problems = (kubernetesVersion: string, lowest = "v1.33.1", highest = lowest): string[] =>
    upgradeProblems([{ namespace: "default", name: "capd", kubernetesVersion }], {
      "default/capd": { lowest, highest },
    }).map(sentence);

  test.each(["v1.33.1", "1.33.2", "v1.34.9"])("let %s pass from v1.33.1", (version) => {
    expect(problems(version)).toEqual([]);
  });

  test("refuse to leave out a minor version, and name the next step", () => {
    expect(problems("v1.35.0")).toEqual([
      'kubernetesVersion: expected at most one minor version above v1.33.1, which the cluster capd runs, got "v1.35.0". ' +
        "Set it to a version of v1.34, run make up, then continue with the next minor version.",
    ]);
  });

  test("let a cluster skip minor versions where its class lists the versions between", () => {
    const wanted = [{ namespace: "default", name: "capd", kubernetesVersion: "v1.35.0" }];
    const running = { "default/capd": { lowest: "v1.33.1", highest: "v1.33.1" } };
    expect(upgradeProblems(wanted, running, new Set(["capd"]))).toEqual([]);
    expect(upgradeProblems(wanted, running, new Set(["other"]))).toHaveLength(1);
    const older = [{ namespace: "default", name: "capd", kubernetesVersion: "v1.32.0" }];
    expect(upgradeProblems(older, running, new Set(["capd"]))).toHaveLength(1);
  });

  test("refuse to go back", () => {
    expect(problems("v1.33.0")).toEqual([
      "kubernetesVersion: expected v1.33.1 or later, because the cluster capd runs this version and Kubernetes does not support downgrades, " +
        'got "v1.33.0". Set it to v1.33.1. For an older version, run make destroy and make up, which deletes everything in the cluster.',
    ]);
  });

  test("count from the slowest node forward, and from the fastest back", () => {
    expect(problems("v1.35.0", "v1.33.1", "v1.34.0")[0]).toContain("at most one minor version above v1.33.1");
    expect(problems("v1.33.1", "v1.33.1", "v1.34.0")[0]).toContain("expected v1.34.0 or later");
    expect(problems("v1.34.0", "v1.33.1", "v1.34.0")).toEqual([]);
  });

  test("report nothing about a cluster that does not exist", () => {
    expect(upgradeProblems([{ namespace: "other", name: "capd", kubernetesVersion: "v1.1.0" }], {})).toEqual([]);
  });
});

describe("what cannot change while the management cluster exists", () => {
  const wanted = {
    name: "clusterapi",
    nodeImage: "kindest/node:v1.34.4",
    subnet: parseNetwork("172.18.0.0/16"),
    subnetIPv6: parseNetwork("fc00::/64"),
    owner: "slipway/dev",
  };
  const node = { running: true, image: "kindest/node:v1.34.4" };
  const network = { owner: "slipway/dev", subnets: ["fc00::/64", "172.18.0.0/16"] };
  const keys = (...parameters: Parameters<typeof managementProblems>): (string | undefined)[] =>
    managementProblems(...parameters).map(({ key }) => key);

  test("is its node image and its subnet", () => {
    expect(keys(wanted, node, network)).toEqual([]);
    const other = { ...wanted, nodeImage: "kindest/node:v1.35.0" };
    expect(nodeImageProblems(other, node).map(({ key }) => key)).toEqual(["managementNodeImage"]);
    expect(nodeImageProblems(wanted, node)).toEqual([]);
    expect(nodeImageProblems(other, undefined)).toEqual([]);
    expect(keys({ ...wanted, subnet: parseNetwork("10.9.0.0/16") }, node, network)).toEqual(["networkSubnet"]);
  });

  test("is whether the stack's own network has IPv6, and which", () => {
    expect(keys({ ...wanted, subnetIPv6: undefined }, node, network)).toEqual(["IPv6 of the Docker network"]);
    expect(keys({ ...wanted, subnetIPv6: parseNetwork("fd00::/64") }, node, network)).toEqual([
      "IPv6 of the Docker network",
    ]);
    expect(keys(wanted, node, { ...network, subnets: ["172.18.0.0/16"] })).toEqual(["IPv6 of the Docker network"]);
    // Of a network that is adopted nobody need use the IPv6.
    expect(keys({ ...wanted, subnetIPv6: undefined }, node, { ...network, owner: "" })).toEqual([]);
    // The network of another stack, which this stack shares by adoptNetwork.
    expect(keys({ ...wanted, subnetIPv6: undefined }, node, { ...network, owner: "slipway/other" })).toEqual([]);
  });

  test("is nothing where it is not there, and no digest is compared", () => {
    expect(keys({ ...wanted, nodeImage: "x:1", subnet: parseNetwork("10.9.0.0/16") }, undefined, network)).toEqual([]);
    expect(nodeImageProblems({ ...wanted, nodeImage: "kindest/node:v1@sha256:1" }, node)).toEqual([]);
  });

  test("is problems with the way out", () => {
    const [problem] = managementProblems({ ...wanted, subnet: parseNetwork("10.9.0.0/16") }, node, network);
    expect(problem && sentence(problem)).toBe(
      "networkSubnet: expected 172.18.0.0/16 while the management cluster clusterapi exists, " +
        'got "10.9.0.0/16". Set networkSubnet back. Or run make destroy with the old value and make up with the new value, which deletes every cluster.',
    );
  });
});
