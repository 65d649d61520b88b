import { expect, test } from "@jest/globals";
import { cniLocation, withPodCidr } from "../../lib/cni";
import type { KubernetesObject } from "../../lib/manifests";

const daemonSet = (env?: object[]): KubernetesObject => ({
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  metadata: { name: "calico-node", namespace: "kube-system" },
  spec: {
    template: {
      spec: {
        containers: [
          { name: "calico-node", image: "i", ...(env ? { env } : {}) },
          { name: "other", env: [] },
        ],
      },
    },
  },
});
const other: KubernetesObject = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "calico-config" } };
const pool = { name: "CALICO_IPV4POOL_CIDR", value: "10.0.0.0/16" };

test.each([
  ["no environment", undefined, [pool]],
  ["other variables", [{ name: "A", value: "b" }], [{ name: "A", value: "b" }, pool]],
  ["another pool", [{ ...pool, value: "192.168.0.0/16" }], [pool]],
])("sets the pool where there is %s", (_, env, expected) => {
  const before = daemonSet(env);
  const [first, second] = withPodCidr([other, before], "calico", "10.0.0.0/16");
  expect(first).toBe(other);
  expect(second).toMatchObject({
    spec: {
      template: {
        spec: {
          containers: [
            { name: "calico-node", image: "i", env: expected },
            { name: "other", env: [] },
          ],
        },
      },
    },
  });
  expect(before).toEqual(daemonSet(env));
});

test("refuses a manifest of something else, naming the setting", () => {
  expect(() => withPodCidr([other], "calico", "10.0.0.0/16")).toThrow(/cniManifest .*calico-node/);
});

const configMap = (name: string, data: Record<string, string>): KubernetesObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "kube-system" },
  data,
});

test.each<[string, KubernetesObject, object]>([
  [
    "flannel",
    configMap("kube-flannel-cfg", { "net-conf.json": '{"Network": "10.244.0.0/16", "EnableIPv4": true}', other: "x" }),
    { data: { "net-conf.json": '{"Network":"10.0.0.0/16","EnableIPv4":true}', other: "x" } },
  ],
  [
    "cilium",
    configMap("cilium-config", { "cluster-pool-ipv4-cidr": "10.1.0.0/16" }),
    { data: { "cluster-pool-ipv4-cidr": "10.0.0.0/16" } },
  ],
  [
    "kindnet",
    {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: "kindnet" },
      spec: {
        template: { spec: { containers: [{ name: "kindnet-cni", env: [{ name: "POD_SUBNET", value: "x" }] }] } },
      },
    },
    {
      spec: {
        template: {
          spec: { containers: [{ name: "kindnet-cni", env: [{ name: "POD_SUBNET", value: "10.0.0.0/16" }] }] },
        },
      },
    },
  ],
])("sets the pods' addresses of %s, by name or from a file", (cni, object, expected) => {
  for (const name of [cni, "my/network.yaml"]) {
    expect(withPodCidr([other, object], name, "10.0.0.0/16")).toEqual([other, { ...object, ...expected }]);
  }
  expect(() => withPodCidr([other], cni, "10.0.0.0/16")).toThrow(cni);
});

test("a network of another kind is taken as it is", () => {
  expect(withPodCidr([other], "my/network.yaml", "10.0.0.0/16")).toEqual([other]);
});

test("each name has a location on either route, and a location is its own", () => {
  const at = (cni: string, pins: "release" | "source"): string =>
    cniLocation(cni, {
      pins,
      manifests: { cni: "calico.yaml" } as Parameters<typeof cniLocation>[1]["manifests"],
      versions: { clusterApi: "1.14.2" } as Parameters<typeof cniLocation>[1]["versions"],
    });
  expect(["calico", "flannel", "kindnet", "cilium", "a.yaml"].map((cni) => at(cni, "source"))).toEqual([
    "calico.yaml",
    ".tools/manifests/flannel.yaml",
    ".tools/manifests/kindnet.yaml",
    "manifests/cilium.yaml",
    "a.yaml",
  ]);
  expect(at("flannel", "release")).toMatch(/^https:.*kube-flannel\.yml$/);
  expect(at("kindnet", "release")).toMatch(/^https:.*v1\.14\.2.*kindnet\.yaml$/);
});
