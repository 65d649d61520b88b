import { sourceManifest } from "../base/paths";
import { refuse } from "../base/problem";
import type { KubernetesObject } from "../kubernetes/object";
import type { Networks } from "../network/networks";

/** Returns environment variables of calico-node. */
export const calicoVariables = ({ ipv4, ipv6 }: Networks): Record<string, string> => ({
  // Without an IPv4 address, BGP cannot derive its router id from one.
  ...(ipv4 === undefined ? { IP: "none", CALICO_ROUTER_ID: "hash" } : { CALICO_IPV4POOL_CIDR: ipv4.text }),
  ...(ipv6 === undefined
    ? {}
    : {
        IP6: "autodetect",
        CALICO_IPV6POOL_CIDR: ipv6.text,
        // Calico's default for IPv6 would cut pods off from other networks, since no host routes replies to them.
        CALICO_IPV6POOL_NAT_OUTGOING: "true",
        FELIX_IPV6SUPPORT: "true",
      }),
});

/**
 * Returns the change of Calico's CNI configuration, which assigns only IPv4 by default; undefined for IPv4 clusters.
 */
export const calicoIpam = ({ ipv4, ipv6 }: Networks): ((text: string) => string) | undefined => {
  if (ipv6 === undefined) return undefined;
  const assigned = `"assign_ipv4": "${ipv4 !== undefined}", "assign_ipv6": "true"`;
  // The text is a template with placeholders (__CNI_MTU__) and not yet JSON.
  return (text) => text.replace(/"type":\s*"calico-ipam"/, (type) => `${type}, ${assigned}`);
};

/** Returns the change of flannel's net-conf.json. */
export const flannelConfig =
  ({ ipv4, ipv6 }: Networks) =>
  (text: string): string =>
    JSON.stringify({
      ...(JSON.parse(text) as object),
      ...(ipv4 === undefined ? { EnableIPv4: false, Network: undefined } : { Network: ipv4.text }),
      ...(ipv6 === undefined ? {} : { EnableIPv6: true, IPv6Network: ipv6.text }),
    });

/** Returns Cilium's settings for its own address assignment, with a /64 of the pod network for each node. */
export const ciliumConfig = ({ ipv4, ipv6 }: Networks): Record<string, string> => ({
  ...(ipv4 === undefined ? { "enable-ipv4": "false" } : { "cluster-pool-ipv4-cidr": ipv4.text }),
  ...(ipv6 === undefined
    ? {}
    : {
        "enable-ipv6": "true",
        "enable-ipv6-masquerade": "true",
        "cluster-pool-ipv6-cidr": ipv6.text,
        "cluster-pool-ipv6-mask-size": "64",
      }),
});

interface Plugin {
  type?: string;
  delegate?: { type?: string };
  ipam?: object;
}

/**
 * Adapts flannel's CNI configuration to nodes of kindest/node, which have the plugin ptp but not bridge, flannel's
 * default. Pods of a node are then routed to each other, so no bridged packet bypasses kube-proxy. A configuration with
 * its own delegate type stays unchanged.
 */
export const adaptToKindNodes = (configuration: string): string => {
  const parsed = JSON.parse(configuration) as { plugins?: Plugin[] };
  if (parsed.plugins === undefined) return configuration;
  return JSON.stringify({ ...parsed, plugins: parsed.plugins.map(withPtp) });
};

const withPtp = (plugin: Plugin): Plugin => {
  if (plugin.type !== "flannel" || plugin.delegate?.type !== undefined) return plugin;
  // ptp takes the default route from `routes`, as bridge does with isDefaultGateway.
  return { ...plugin, ipam: { routes: [{ dst: "0.0.0.0/0" }], ...plugin.ipam }, delegate: { type: "ptp" } };
};

/** Pod networks with a name; any other `cni` is the location of a manifest. */
export const cniNames = ["calico", "flannel", "kindnet", "cilium", "none"] as const;

/** Name of a pod network. */
export type CniName = (typeof cniNames)[number];

/** Returns true for a name, and false for a manifest's location. */
export const isCniName = (cni: string): cni is CniName => (cniNames as readonly string[]).includes(cni);

/** Values that determine the location of a pod network's manifest. */
export interface CniSources {
  /** The set of versions. */
  readonly pins: "release" | "source";
  readonly versions: Readonly<{ flannel: string; clusterApi: string }>;
  /** `cni`: URL or path of Calico's manifest. */
  readonly manifests: Readonly<{ cni: string }>;
}

/** Path of Cilium's manifest. Cilium publishes only a Helm chart, so the user renders the manifest. */
export const ciliumManifest = "manifests/cilium.yaml";

/**
 * Returns the location of a pod network's manifest: a URL or path. On the source route `make tools` writes the named
 * manifests.
 */
export const cniLocation = (cni: string, { pins, manifests, versions }: CniSources): string => {
  if (!isCniName(cni)) return cni;
  if (cni === "calico") return manifests.cni;
  if (cni === "cilium") return ciliumManifest;
  if (pins === "source") return sourceManifest(cni);
  return cni === "flannel"
    ? `https://github.com/flannel-io/flannel/releases/download/v${versions.flannel}/kube-flannel.yml`
    : `https://raw.githubusercontent.com/kubernetes-sigs/cluster-api/v${versions.clusterApi}/test/e2e/data/cni/kindnet/kindnet.yaml`;
};

/**
 * Returns a pod network's objects with the cluster's pod networks, and with IPv6 enabled if the cluster has IPv6.
 *
 * @throws ProblemError if a named pod network has none of its known objects
 */
export const withPodCidr = (objects: readonly KubernetesObject[], cni: string, pods: Networks): KubernetesObject[] => {
  const changed = objects.map((object) => applyPodCidr(object, pods));
  if (isCniName(cni) && changed.every((object, index) => object === objects[index])) {
    const [key, rule] =
      cni === "calico"
        ? ["cniManifest", "a manifest with a DaemonSet calico-node"]
        : [`the manifest of ${cni}`, "the object with the pod network's addresses"];
    refuse({
      key,
      rule,
      remedy: `Use a manifest of ${cni}, or set cni to the manifest's path to install it unchanged`,
    });
  }
  return changed;
};

const applyPodCidr = (object: KubernetesObject, pods: Networks): KubernetesObject => {
  const { kind, metadata } = object;
  const place = `${kind} ${metadata.name}`;
  if (place === "DaemonSet calico-node") return withVariables(object, "calico-node", calicoVariables(pods));
  if (place === "ConfigMap calico-config") return withData(object, "cni_network_config", calicoIpam(pods));
  if (place === "DaemonSet kindnet") return withVariables(object, "kindnet-cni", { POD_SUBNET: pods.text });
  if (place === "ConfigMap kube-flannel-cfg") {
    const network = withData(object, "net-conf.json", flannelConfig(pods));
    return hasData(network, "cni-conf.json") ? withData(network, "cni-conf.json", adaptToKindNodes) : network;
  }
  if (place === "ConfigMap cilium-config") {
    return Object.entries(ciliumConfig(pods)).reduce(
      (changed, [key, value]) => withData(changed, key, () => value),
      object,
    );
  }
  return object;
};

interface Container {
  name: string;
  env?: { name: string; value?: string }[];
}

const withVariables = (
  object: KubernetesObject,
  name: string,
  variables: Readonly<Record<string, string>>,
): KubernetesObject => {
  const copy = structuredClone(object) as KubernetesObject & {
    spec: { template: { spec: { containers: Container[] } } };
  };
  for (const container of copy.spec.template.spec.containers) {
    if (container.name !== name) continue;
    const kept = (container.env ?? []).filter((entry) => !Object.hasOwn(variables, entry.name));
    container.env = [...kept, ...Object.entries(variables).map(([variable, value]) => ({ name: variable, value }))];
  }
  return copy;
};

const hasData = (object: KubernetesObject, key: string): boolean =>
  key in ((object["data"] ?? {}) as Record<string, string>);

/** Returns the object itself if nothing changes. */
const withData = (
  object: KubernetesObject,
  key: string,
  change: ((text: string) => string) | undefined,
): KubernetesObject => {
  if (change === undefined) return object;
  const data = object["data"] as Record<string, string> | undefined;
  return { ...object, data: { ...data, [key]: change(data?.[key] ?? "{}") } };
};
