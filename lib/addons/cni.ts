import { sourceManifest } from "../base/paths";
import { refuse } from "../base/problem";
import type { KubernetesObject } from "../kubernetes/object";
import type { Networks } from "../network/networks";

/** Environment of calico-node. */
export const calicoVariables = ({ ipv4, ipv6 }: Networks): Record<string, string> => ({
  // Without an IPv4 address there is none to take BGP's router id from.
  ...(ipv4 === undefined ? { IP: "none", CALICO_ROUTER_ID: "hash" } : { CALICO_IPV4POOL_CIDR: ipv4.text }),
  ...(ipv6 === undefined
    ? {}
    : {
        IP6: "autodetect",
        CALICO_IPV6POOL_CIDR: ipv6.text,
        // Calico's own default for IPv6: pods would reach nothing outside, since nobody routes back to them.
        CALICO_IPV6POOL_NAT_OUTGOING: "true",
        FELIX_IPV6SUPPORT: "true",
      }),
});

/** Calico's CNI configuration, which assigns IPv4 alone by itself; undefined where that is what is wanted. */
export const calicoIpam = ({ ipv4, ipv6 }: Networks): ((text: string) => string) | undefined => {
  if (ipv6 === undefined) return undefined;
  const assigned = `"assign_ipv4": "${ipv4 !== undefined}", "assign_ipv6": "true"`;
  // A template with placeholders (__CNI_MTU__) and no JSON yet.
  return (text) => text.replace(/"type":\s*"calico-ipam"/, (type) => `${type}, ${assigned}`);
};

/** flannel's net-conf.json. */
export const flannelConfig =
  ({ ipv4, ipv6 }: Networks) =>
  (text: string): string =>
    JSON.stringify({
      ...(JSON.parse(text) as object),
      ...(ipv4 === undefined ? { EnableIPv4: false, Network: undefined } : { Network: ipv4.text }),
      ...(ipv6 === undefined ? {} : { EnableIPv6: true, IPv6Network: ipv6.text }),
    });

/** Cilium's settings for addresses that it hands out itself, a /64 of the pods' network to each node. */
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
 * Flannel's CNI configuration for nodes of kindest/node, which have the plugin ptp and not bridge, flannel's default.
 * Pods of a node are then routed to each other, so nothing bridged passes kube-proxy by. A configuration that names
 * its delegate's type is left as it is.
 */
export const onKindNodes = (configuration: string): string => {
  const parsed = JSON.parse(configuration) as { plugins?: Plugin[] };
  if (parsed.plugins === undefined) return configuration;
  return JSON.stringify({ ...parsed, plugins: parsed.plugins.map(routed) });
};

const routed = (plugin: Plugin): Plugin => {
  if (plugin.type !== "flannel" || plugin.delegate?.type !== undefined) return plugin;
  // What isDefaultGateway asks of bridge, ptp takes from the routes.
  return { ...plugin, ipam: { routes: [{ dst: "0.0.0.0/0" }], ...plugin.ipam }, delegate: { type: "ptp" } };
};

/** The pod networks that have a name; any other `cni` is the location of a manifest. */
export const cniNames = ["calico", "flannel", "kindnet", "cilium", "none"] as const;

/** A pod network by name. */
export type CniName = (typeof cniNames)[number];

/** Whether a `cni` is a name rather than a manifest's location. */
export const isCniName = (cni: string): cni is CniName => (cniNames as readonly string[]).includes(cni);

/** What the location of a pod network's manifest follows from. */
export interface CniSources {
  /** The set of versions. */
  readonly pins: "release" | "source";
  readonly versions: Readonly<{ flannel: string; clusterApi: string }>;
  /** `cni`: URL or path of Calico's manifest. */
  readonly manifests: Readonly<{ cni: string }>;
}

/**
 * Where the manifest of a pod network lies: URL or path. On the source route `make tools` lays the named ones down;
 * Cilium publishes a chart only, so its manifest has to be rendered by the user.
 */
export const cniLocation = (cni: string, { pins, manifests, versions }: CniSources): string => {
  if (!isCniName(cni)) return cni;
  if (cni === "calico") return manifests.cni;
  if (cni === "cilium") return "manifests/cilium.yaml";
  if (pins === "source") return sourceManifest(cni);
  return cni === "flannel"
    ? `https://github.com/flannel-io/flannel/releases/download/v${versions.flannel}/kube-flannel.yml`
    : `https://raw.githubusercontent.com/kubernetes-sigs/cluster-api/v${versions.clusterApi}/test/e2e/data/cni/kindnet/kindnet.yaml`;
};

/**
 * A pod network's objects with its addresses set to the cluster's pods' networks, and IPv6 on where they have it,
 * wherever a known network keeps them.
 */
export const withPodCidr = (objects: readonly KubernetesObject[], cni: string, pods: Networks): KubernetesObject[] => {
  const changed = objects.map((object) => settle(object, pods));
  if (isCniName(cni) && changed.every((object, index) => object === objects[index])) {
    const [key, rule] =
      cni === "calico"
        ? ["cniManifest", "have a DaemonSet calico-node"]
        : [`the manifest of ${cni}`, "have the place where that network keeps the pods' addresses"];
    refuse({ key, rule, remedy: `Give a manifest of ${cni}, or set cni to the manifest's path to take it as it is` });
  }
  return changed;
};

const settle = (object: KubernetesObject, pods: Networks): KubernetesObject => {
  const { kind, metadata } = object;
  const place = `${kind} ${metadata.name}`;
  if (place === "DaemonSet calico-node") return withVariables(object, "calico-node", calicoVariables(pods));
  if (place === "ConfigMap calico-config") return withData(object, "cni_network_config", calicoIpam(pods));
  if (place === "DaemonSet kindnet") return withVariables(object, "kindnet-cni", { POD_SUBNET: pods.text });
  if (place === "ConfigMap kube-flannel-cfg") {
    const network = withData(object, "net-conf.json", flannelConfig(pods));
    return hasData(network, "cni-conf.json") ? withData(network, "cni-conf.json", onKindNodes) : network;
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
    const others = (container.env ?? []).filter((entry) => !Object.hasOwn(variables, entry.name));
    container.env = [...others, ...Object.entries(variables).map(([variable, value]) => ({ name: variable, value }))];
  }
  return copy;
};

const hasData = (object: KubernetesObject, key: string): boolean =>
  key in ((object["data"] ?? {}) as Record<string, string>);

/** The object itself where nothing is to change. */
const withData = (
  object: KubernetesObject,
  key: string,
  change: ((text: string) => string) | undefined,
): KubernetesObject => {
  if (change === undefined) return object;
  const data = object["data"] as Record<string, string> | undefined;
  return { ...object, data: { ...data, [key]: change(data?.[key] ?? "{}") } };
};
