import { isCniName } from "./clusterFields";
import { onKindNodes } from "./flannel";
import type { KubernetesObject } from "./kubernetesObject";
import { refuse } from "./problem";
import type { Settings } from "./settings";

/**
 * Where the manifest of a pod network lies: URL or path. On the source route `make tools` lays the named ones down;
 * Cilium publishes a chart only, so its manifest has to be rendered by the user.
 */
export const cniLocation = (
  cni: string,
  { pins, manifests, versions }: Pick<Settings, "pins" | "manifests" | "versions">,
): string => {
  if (!isCniName(cni)) return cni;
  if (cni === "calico") return manifests.cni;
  if (cni === "cilium") return "manifests/cilium.yaml";
  if (pins === "source") return `.tools/manifests/${cni}.yaml`;
  return cni === "flannel"
    ? `https://github.com/flannel-io/flannel/releases/download/v${versions.flannel}/kube-flannel.yml`
    : `https://raw.githubusercontent.com/kubernetes-sigs/cluster-api/v${versions.clusterApi}/test/e2e/data/cni/kindnet/kindnet.yaml`;
};

/** A pod network's objects with its addresses set to the cluster's pod CIDR, wherever a known network keeps them. */
export const withPodCidr = (objects: readonly KubernetesObject[], cni: string, podCidr: string): KubernetesObject[] => {
  const changed = objects.map((object) => settle(object, podCidr));
  if (isCniName(cni) && changed.every((object, index) => object === objects[index])) {
    const [key, rule] =
      cni === "calico"
        ? ["cniManifest", "have a DaemonSet calico-node"]
        : [`the manifest of ${cni}`, "have the place where that network keeps the pods' addresses"];
    refuse({ key, rule, remedy: `Give a manifest of ${cni}, or set cni to the manifest's path to take it as it is` });
  }
  return changed;
};

const settle = (object: KubernetesObject, podCidr: string): KubernetesObject => {
  const { kind, metadata } = object;
  if (kind === "DaemonSet" && metadata.name === "calico-node")
    return withVariable(object, "calico-node", "CALICO_IPV4POOL_CIDR", podCidr);
  if (kind === "DaemonSet" && metadata.name === "kindnet")
    return withVariable(object, "kindnet-cni", "POD_SUBNET", podCidr);
  if (kind === "ConfigMap" && metadata.name === "kube-flannel-cfg") {
    const network = withData(object, "net-conf.json", (text) =>
      JSON.stringify({ ...(JSON.parse(text) as object), Network: podCidr }),
    );
    return hasData(network, "cni-conf.json") ? withData(network, "cni-conf.json", onKindNodes) : network;
  }
  if (kind === "ConfigMap" && metadata.name === "cilium-config")
    return withData(object, "cluster-pool-ipv4-cidr", () => podCidr);
  return object;
};

interface Container {
  name: string;
  env?: { name: string; value?: string }[];
}

const withVariable = (object: KubernetesObject, name: string, variable: string, value: string): KubernetesObject => {
  const copy = structuredClone(object) as KubernetesObject & {
    spec: { template: { spec: { containers: Container[] } } };
  };
  for (const container of copy.spec.template.spec.containers) {
    if (container.name !== name) continue;
    const others = (container.env ?? []).filter((entry) => entry.name !== variable);
    container.env = [...others, { name: variable, value }];
  }
  return copy;
};

const hasData = (object: KubernetesObject, key: string): boolean =>
  key in ((object["data"] ?? {}) as Record<string, string>);

const withData = (object: KubernetesObject, key: string, change: (text: string) => string): KubernetesObject => {
  const data = object["data"] as Record<string, string> | undefined;
  return { ...object, data: { ...data, [key]: change(data?.[key] ?? "{}") } };
};
