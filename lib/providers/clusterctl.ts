import { type KubernetesObject, withLabels } from "../kubernetes/object";

const group = "clusterctl.cluster.x-k8s.io";

/** A provider in clusterctl's inventory. */
export interface ProviderEntry {
  /** clusterctl's short name: cluster-api, kubeadm, docker. */
  name: string;
  type: "CoreProvider" | "BootstrapProvider" | "ControlPlaneProvider" | "InfrastructureProvider";
  /** With or without the leading v. */
  version: string;
  /** Namespace of the provider's controller. */
  namespace: string;
}

const labelPrefixes: Record<ProviderEntry["type"], string> = {
  CoreProvider: "",
  BootstrapProvider: "bootstrap-",
  ControlPlaneProvider: "control-plane-",
  InfrastructureProvider: "infrastructure-",
};

/** Returns clusterctl's label of a provider, such as `infrastructure-docker`. */
export const providerLabel = ({ name, type }: Pick<ProviderEntry, "name" | "type">): string =>
  `${labelPrefixes[type]}${name}`;

/** Labels a provider's objects as `clusterctl init` does; move, upgrade and delete find the objects by these labels. */
export const clusterctlLabels = (objects: readonly KubernetesObject[], label: string): KubernetesObject[] =>
  objects.map((object) => withLabels(object, { [group]: "", "cluster.x-k8s.io/provider": label }));

/**
 * Returns the inventory entry of a provider, as `clusterctl init` writes it. No release asset contains its CRD,
 * providers.clusterctl.cluster.x-k8s.io. The Go module sigs.k8s.io/cluster-api has it in
 * cmd/clusterctl/config/manifest/clusterctl-api.yaml.
 */
export const inventoryObject = (provider: ProviderEntry): KubernetesObject => {
  const label = providerLabel(provider);
  return {
    apiVersion: `${group}/v1alpha3`,
    kind: "Provider",
    metadata: {
      name: label,
      namespace: provider.namespace,
      labels: { [group]: "", [`${group}/core`]: "inventory", "cluster.x-k8s.io/provider": label },
    },
    providerName: provider.name,
    type: provider.type,
    version: provider.version.replace(/^v?/, "v"),
  };
};

/** An infrastructure provider that a stack installs besides Cluster API's Docker provider. */
export interface InfrastructureProvider {
  /** clusterctl's name, such as aws. */
  readonly name: string;
  readonly version: string;
  /** URL or path of the provider's infrastructure-components.yaml. */
  readonly manifest: string;
}
