import { type KubernetesObject, withLabels } from "../kubernetes/object";

const group = "clusterctl.cluster.x-k8s.io";

/** A type of provider in clusterctl, in clusterctl's order of installation. */
interface ProviderKind {
  readonly type: string;
  readonly prefix: string;
}

/** clusterctl's types of providers by their names in the settings, in clusterctl's order of installation. */
const kinds = {
  core: { type: "CoreProvider", prefix: "" },
  bootstrap: { type: "BootstrapProvider", prefix: "bootstrap-" },
  controlPlane: { type: "ControlPlaneProvider", prefix: "control-plane-" },
  infrastructure: { type: "InfrastructureProvider", prefix: "infrastructure-" },
  ipam: { type: "IPAMProvider", prefix: "ipam-" },
  runtimeExtension: { type: "RuntimeExtensionProvider", prefix: "runtime-extension-" },
  addon: { type: "AddonProvider", prefix: "addon-" },
} as const satisfies Record<string, ProviderKind>;

/** A type of additional providers in the settings. A management cluster has one core provider. */
export type AddedType = Exclude<keyof typeof kinds, "core">;

/** Types of additional providers in the settings. The first type is the default. */
export const addedTypes = [
  "infrastructure",
  "bootstrap",
  "controlPlane",
  "ipam",
  "runtimeExtension",
  "addon",
] as const satisfies readonly AddedType[];

/** Types whose providers may need the others: Slipway installs them after Cluster API answers, one type after the other. */
export const laterTypes = ["ipam", "runtimeExtension", "addon"] as const satisfies readonly AddedType[];

/** A provider in clusterctl's inventory. */
export interface ProviderEntry {
  /** clusterctl's short name: cluster-api, kubeadm, docker. */
  name: string;
  type: (typeof kinds)[keyof typeof kinds]["type"];
  /** With or without the leading v. */
  version: string;
  /** Namespace of the provider's controller. */
  namespace: string;
}

/** Returns clusterctl's name of a provider's type in the settings. */
export const inventoryType = (type: AddedType): ProviderEntry["type"] => kinds[type].type;

const prefixOf = (type: ProviderEntry["type"]): string =>
  Object.values<ProviderKind>(kinds).find((kind) => kind.type === type)?.prefix ?? "";

/** Returns clusterctl's label of a provider, such as `infrastructure-docker`. */
export const providerLabel = ({ name, type }: Pick<ProviderEntry, "name" | "type">): string =>
  `${prefixOf(type)}${name}`;

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

/** A provider that a stack installs besides Cluster API's own providers. */
export interface AddedProvider {
  /** clusterctl's name, such as aws. */
  readonly name: string;
  readonly type: AddedType;
  readonly version: string;
  /** URL or path of the provider's components, such as infrastructure-components.yaml. */
  readonly manifest: string;
}
