import { describe, expect, test } from "@jest/globals";
import { cniLocation, withPodCidr } from "../../../lib/addons/cni";
import { parseManifest } from "../../../lib/kubernetes/manifest";
import type { KubernetesObject } from "../../../lib/kubernetes/object";
import { parseNetworks } from "../../../lib/network/parse";
import { fetchTimeout, realManifests } from "../../helpers/realManifests";

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
  const [first, second] = withPodCidr([other, before], "calico", parseNetworks("10.0.0.0/16"));
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
  expect(() => withPodCidr([other], "calico", parseNetworks("10.0.0.0/16"))).toThrow(/cniManifest: .*calico-node/);
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
    expect(withPodCidr([other, object], name, parseNetworks("10.0.0.0/16"))).toEqual([
      other,
      { ...object, ...expected },
    ]);
  }
  expect(() => withPodCidr([other], cni, parseNetworks("10.0.0.0/16"))).toThrow(cni);
});

test("a network of another kind is taken as it is", () => {
  expect(withPodCidr([other], "my/network.yaml", parseNetworks("10.0.0.0/16"))).toEqual([other]);
});

test("each name has a location on either route, and a location is its own", () => {
  const at = (cni: string, pins: "release" | "source"): string =>
    cniLocation(cni, {
      pins,
      manifests: { cni: "calico.yaml" },
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

describe("pods of IPv6", () => {
  const dual = "10.0.0.0/16,fd00:10::/56";
  const single = "fd00:10::/56";
  const config = configMap("calico-config", { cni_network_config: '{"mtu": __CNI_MTU__, "type":  "calico-ipam"}' });
  const environmentOf = (objects: KubernetesObject[]): unknown => {
    const { spec } = objects[0] as KubernetesObject & {
      spec: { template: { spec: { containers: { env: { name: string; value: string }[] }[] } } };
    };
    return Object.fromEntries(spec.template.spec.containers[0]!.env.map(({ name, value }) => [name, value]));
  };

  test("turn IPv6 on in Calico, and its assignment of addresses", () => {
    // As the published manifest has it.
    const off = daemonSet([{ name: "FELIX_IPV6SUPPORT", value: "false" }]);
    const objects = withPodCidr([off, config], "calico", parseNetworks(dual));
    expect(environmentOf(objects)).toEqual({
      CALICO_IPV4POOL_CIDR: "10.0.0.0/16",
      IP6: "autodetect",
      CALICO_IPV6POOL_CIDR: single,
      CALICO_IPV6POOL_NAT_OUTGOING: "true",
      FELIX_IPV6SUPPORT: "true",
    });
    expect(objects[1]!["data"]).toEqual({
      cni_network_config: '{"mtu": __CNI_MTU__, "type":  "calico-ipam", "assign_ipv4": "true", "assign_ipv6": "true"}',
    });
  });

  test("alone turn Calico's IPv4 off", () => {
    const objects = withPodCidr(
      [daemonSet([{ name: "IP", value: "autodetect" }]), config],
      "calico",
      parseNetworks(single),
    );
    expect(environmentOf(objects)).toMatchObject({ IP: "none", CALICO_ROUTER_ID: "hash", IP6: "autodetect" });
    expect(environmentOf(objects)).not.toHaveProperty("CALICO_IPV4POOL_CIDR");
    expect(JSON.stringify(objects[1])).toContain('assign_ipv4\\": \\"false');
  });

  test.each([
    [dual, { Network: "10.0.0.0/16", EnableIPv6: true, IPv6Network: single, Backend: { Type: "vxlan" } }],
    [single, { EnableIPv4: false, EnableIPv6: true, IPv6Network: single, Backend: { Type: "vxlan" } }],
  ])("%s are flannel's", (pods, expected) => {
    const text = '{"Network": "10.244.0.0/16", "Backend": {"Type": "vxlan"}}';
    const [object] = withPodCidr(
      [configMap("kube-flannel-cfg", { "net-conf.json": text })],
      "flannel",
      parseNetworks(pods),
    );
    expect(JSON.parse((object!["data"] as Record<string, string>)["net-conf.json"]!)).toEqual(expected);
  });

  test.each([
    [dual, { "cluster-pool-ipv4-cidr": "10.0.0.0/16", "enable-ipv4": "true" }],
    [single, { "cluster-pool-ipv4-cidr": "10.1.0.0/16", "enable-ipv4": "false" }],
  ])("%s are Cilium's", (pods, ipv4) => {
    const data = { "cluster-pool-ipv4-cidr": "10.1.0.0/16", "enable-ipv4": "true", "enable-ipv6": "false" };
    const [object] = withPodCidr([configMap("cilium-config", data)], "cilium", parseNetworks(pods));
    expect(object!["data"]).toEqual({
      ...ipv4,
      "enable-ipv6": "true",
      "enable-ipv6-masquerade": "true",
      "cluster-pool-ipv6-cidr": single,
      "cluster-pool-ipv6-mask-size": "64",
    });
  });

  test("are kindnet's, both in one variable", () => {
    const template = { spec: { containers: [{ name: "kindnet-cni", env: [] }] } };
    const kindnet = { apiVersion: "apps/v1", kind: "DaemonSet", metadata: { name: "kindnet" }, spec: { template } };
    expect(environmentOf(withPodCidr([kindnet], "kindnet", parseNetworks(dual)))).toEqual({ POD_SUBNET: dual });
  });

  test(
    "of the real Calico are set as well",
    async () => {
      const text = (await realManifests())["calico.yaml"]!;
      const objects = withPodCidr(parseManifest(text, "calico.yaml"), "calico", parseNetworks(dual));
      expect(JSON.stringify(objects)).toContain('\\"assign_ipv6\\": \\"true\\"');
      const node = objects.find(({ kind, metadata }) => kind === "DaemonSet" && metadata.name === "calico-node")!;
      expect(environmentOf([node])).toMatchObject({ FELIX_IPV6SUPPORT: "true", CALICO_IPV6POOL_CIDR: single });
    },
    fetchTimeout,
  );
});
