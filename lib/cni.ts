import { calicoIpam, calicoVariables, ciliumConfig, flannelConfig, type PodPools, podPools } from "./cniFamilies";
import { onKindNodes } from "./flannel";
import type { KubernetesObject } from "./kubernetesObject";
import { refuse } from "./problem";

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
  if (pins === "source") return `.tools/manifests/${cni}.yaml`;
  return cni === "flannel"
    ? `https://github.com/flannel-io/flannel/releases/download/v${versions.flannel}/kube-flannel.yml`
    : `https://raw.githubusercontent.com/kubernetes-sigs/cluster-api/v${versions.clusterApi}/test/e2e/data/cni/kindnet/kindnet.yaml`;
};

/**
 * A pod network's objects with its addresses set to the cluster's pods' networks, and IPv6 on where they have it,
 * wherever a known network keeps them.
 *
 * @param podCidr one network, or one of each family with a comma between them
 */
export const withPodCidr = (objects: readonly KubernetesObject[], cni: string, podCidr: string): KubernetesObject[] => {
  const changed = objects.map((object) => settle(object, podPools(podCidr)));
  if (isCniName(cni) && changed.every((object, index) => object === objects[index])) {
    const [key, rule] =
      cni === "calico"
        ? ["cniManifest", "have a DaemonSet calico-node"]
        : [`the manifest of ${cni}`, "have the place where that network keeps the pods' addresses"];
    refuse({ key, rule, remedy: `Give a manifest of ${cni}, or set cni to the manifest's path to take it as it is` });
  }
  return changed;
};

const settle = (object: KubernetesObject, pools: PodPools): KubernetesObject => {
  const { kind, metadata } = object;
  const place = `${kind} ${metadata.name}`;
  if (place === "DaemonSet calico-node") return withVariables(object, "calico-node", calicoVariables(pools));
  if (place === "ConfigMap calico-config") return withData(object, "cni_network_config", calicoIpam(pools));
  if (place === "DaemonSet kindnet") return withVariables(object, "kindnet-cni", { POD_SUBNET: pools.text });
  if (place === "ConfigMap kube-flannel-cfg") {
    const network = withData(object, "net-conf.json", flannelConfig(pools));
    return hasData(network, "cni-conf.json") ? withData(network, "cni-conf.json", onKindNodes) : network;
  }
  if (place === "ConfigMap cilium-config") {
    return Object.entries(ciliumConfig(pools)).reduce(
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
