import { cloudProviderKindImage } from "../addons/cloudProviderKind";
import { topologyGate } from "../cluster/class/gate";
import type { ClusterSpec, Backend, KubeadmSettings, NodeMount } from "../cluster/spec";
import type { TemplateFacts } from "../cluster/template/facts";
import type { Address } from "../network/address";
import { type AddressRange, networkRange } from "../network/addressRange";
import type { Cidr } from "../network/cidr";
import { defaultGateway, gatewayOf } from "../network/dockerSubnet";
import { ethernetMtu } from "../network/mtu";
import type { Networks } from "../network/networks";
import type { AddedProvider } from "../providers/clusterctl";
import type { PortMapping } from "../providers/kindConfig";
import type { RoutePins } from "../versions/pins";
import { type ClusterRanges, familyRanges, ipv6SubnetOf } from "./ranges";
import type { ClusterEntry } from "./schema/entries";
import type { SettingValues } from "./schema/stack";

/**
 * Name of an existing management cluster. Names of kind clusters and workload clusters cannot have an underscore, so no
 * container in Docker ever belongs to this name.
 */
export const existingManagementName = "existing_management";

/** The ClusterClass of a cluster. */
export interface ClassSettings {
  /** URL or path of a file with the class and its templates, or the name of a class in the cluster's namespace. */
  readonly source: string;
  /** Values of the class's variables, by name. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A template of a cluster's objects. */
export interface ClusterTemplate {
  /** URL or path. */
  readonly location: string;
  /** Values of the template's variables. */
  readonly variables: Readonly<Record<string, string>>;
  /** Number of workers for the template's variable. `workerPools` has the pools that the template defines. */
  readonly workerReplicas: number;
  /** Absent if it was not read with the settings. */
  readonly text?: string;
  /** Properties of a Docker or in-memory cluster; absent for another provider. */
  readonly facts?: TemplateFacts;
}

/** The settings of a workload cluster. */
export interface ClusterSettings extends Readonly<Omit<ClusterSpec, "backend">> {
  readonly backend: Backend;
  /** The template of the cluster's objects; absent for a cluster whose objects Slipway defines. */
  readonly template?: ClusterTemplate;
  /**
   * The cluster's class: a ClusterClass in a file, or a name of an existing class. Absent for a cluster without a class.
   */
  readonly class?: ClassSettings;
  readonly nodeImage: string;
  /** A name of `cniNames`, or the URL or path of a manifest. */
  readonly cni: string;
  readonly loadBalancer: "metallb" | "none" | "cloud-provider-kind" | "external";
  /** IPv4 addresses that MetalLB assigns; absent for a cluster without MetalLB or without IPv4. */
  readonly loadBalancerRange?: AddressRange;
  /** IPv6 addresses that MetalLB assigns; absent for a cluster without MetalLB or without IPv6. */
  readonly loadBalancerRangeIPv6?: AddressRange;
  readonly application: boolean;
  /** URLs or paths of additional manifests. */
  readonly manifests: readonly string[];
}

/** All settings, validated, complete and frozen. */
export interface Settings {
  /** The name of the set of versions, and its versions without a leading v. */
  readonly pins: "release" | "source";
  readonly versions: Readonly<RoutePins>;
  readonly network: {
    readonly subnet: Cidr;
    readonly gateway: Address;
    /** Absent for an IPv4-only network. */
    readonly ipv6?: { readonly subnet: Cidr; readonly gateway: Address };
    readonly adopt: boolean;
    /** In bytes. */
    readonly mtu: number;
    readonly loadBalancerPrefix: number;
  };
  readonly management: {
    readonly name: string;
    readonly nodeImage: string;
    /** Path of the kubeconfig of an existing cluster; empty: Slipway creates a kind cluster. */
    readonly kubeconfig: string;
    readonly installProviders: boolean;
    /** True if the management cluster has a cert-manager that Slipway does not change; absent: Slipway installs it. */
    readonly keepsCertManager?: true;
    /** True if the kind cluster is dual-stack, so that it reaches IPv6-only clusters; absent: IPv4 only. */
    readonly dualStack?: boolean;
    /** Mounts and published ports of the kind node; absent without any. */
    readonly mounts?: readonly NodeMount[];
    readonly ports?: readonly PortMapping[];
  };
  readonly imageSource: "registry" | "local";
  /** References of additional images on nodes of workload clusters; empty for imageSource registry. */
  readonly extraImages: readonly string[];
  /** Path of a PEM file with additional authorities; absent without the file. */
  readonly caBundle?: string;
  /** Source of the logins with which nodes pull images; absent: nodes pull without logins. */
  readonly imagePullCredentials?: "docker";
  readonly capd: {
    readonly source: "pull" | "build" | "archive" | "local";
    readonly image: string;
    /** Path of the archive; empty for all other sources. */
    readonly archive: string;
    /** Path of a clone of Cluster API to build; absent for a build from the Go module, and for all other sources. */
    readonly clone?: string;
  };
  /** URL or path of each manifest. */
  readonly manifests: {
    readonly certManager: string;
    readonly core: string;
    readonly bootstrap: string;
    readonly controlPlane: string;
    readonly infrastructure: string;
    readonly cni: string;
    readonly loadBalancer: string;
  };
  /** Values of variables in Cluster API's manifests. */
  readonly featureGates: Readonly<Record<string, string>>;
  /** Secret values of variables in templates and providers' manifests. */
  readonly templateSecrets: Readonly<Record<string, string>>;
  /** Additional providers, besides Cluster API's own providers. */
  readonly infrastructureProviders: readonly AddedProvider[];
  /** URLs or paths of manifests for the management cluster; absent without manifests. */
  readonly managementManifests?: readonly string[];
  readonly clusters: readonly ClusterSettings[];
  /** The image of cloud-provider-kind; absent if no cluster uses cloud-provider-kind. */
  readonly cloudProviderKind?: { readonly image: string };
  /** `enabled` is true if at least one cluster has the application. */
  readonly application: { readonly enabled: boolean; readonly image: string };
}

/** Returns true if this machine's Docker pulls the image of Cluster API's Docker provider. */
export const pullsCapdImage = ({ capd, management }: Pick<Settings, "capd" | "management">): boolean =>
  capd.source === "pull" && management.kubeconfig === "" && management.installProviders;

/** Returns the settings tree of validated values. */
export const settingsTree = (
  values: SettingValues,
  entries: readonly ClusterEntry[],
  versions: RoutePins,
): Settings => {
  const ipv6 = ipv6SubnetOf(values, entries);
  const ranges = familyRanges(values, entries, ipv6);
  return deepFreeze({
    pins: values.pins,
    versions,
    network: {
      subnet: values.networkSubnet,
      gateway: gatewayOf(values.networkSubnet, values.networkGateway),
      ...(ipv6 === undefined ? {} : { ipv6: { subnet: ipv6, gateway: defaultGateway(ipv6) } }),
      adopt: values.adoptNetwork,
      mtu: values.networkMtu || ethernetMtu,
      loadBalancerPrefix: values.loadBalancerPrefix,
    },
    management: {
      name: values.managementKubeconfig === "" ? values.managementCluster : existingManagementName,
      nodeImage: values.managementNodeImage,
      kubeconfig: values.managementKubeconfig,
      installProviders: values.installProviders,
      ...(values.installCertManager ? {} : { keepsCertManager: true as const }),
      ...(ipv6 === undefined ? {} : { dualStack: true }),
      ...(values.managementMounts.length > 0 ? { mounts: values.managementMounts } : {}),
      ...(values.managementPorts.length > 0 ? { ports: values.managementPorts } : {}),
    },
    imageSource: values.imageSource,
    extraImages: [...values.extraImages],
    ...(values.caBundle === "" ? {} : { caBundle: values.caBundle }),
    ...(values.imagePullCredentials === "none" ? {} : { imagePullCredentials: values.imagePullCredentials }),
    capd: {
      source: values.capdImageSource,
      image: values.capdImage,
      archive: values.capdImageArchive,
      ...(values.capdSource === "" ? {} : { clone: values.capdSource }),
    },
    manifests: {
      certManager: values.certManagerManifest,
      core: values.coreManifest,
      bootstrap: values.bootstrapManifest,
      controlPlane: values.controlPlaneManifest,
      infrastructure: values.infrastructureManifest,
      cni: values.cniManifest,
      loadBalancer: values.loadBalancerManifest,
    },
    featureGates: entries.some((entry) => entry.values.class !== "")
      ? withTopology(values.featureGates)
      : values.featureGates,
    templateSecrets: values.templateSecrets,
    infrastructureProviders: values.providers.map((provider) => ({ ...provider })),
    ...(values.managementManifests.length > 0 ? { managementManifests: values.managementManifests } : {}),
    clusters: entries.map((entry) => clusterOf(entry, ranges[entry.values.name])),
    ...(entries.some((entry) => entry.values.loadBalancer === "cloud-provider-kind")
      ? { cloudProviderKind: { image: cloudProviderKindImage(versions) } }
      : {}),
    application: { enabled: entries.some((entry) => entry.values.application), image: values.applicationImage },
  });
};

/** Returns feature gates that let Cluster API work with classes. */
export const withTopology = (featureGates: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  ...featureGates,
  [topologyGate]: "true",
});

/**
 * Returns the images of a Docker cluster's machines before Slipway adds images to them. A template may have several
 * images, or none that is the setting `nodeImage`.
 */
export const nodeImagesOf = ({
  nodeImage,
  template,
}: Pick<ClusterSettings, "nodeImage" | "template">): readonly string[] => template?.facts?.images ?? [nodeImage];

/** Returns the images that this machine's Docker needs for a cluster's machines, before Slipway adds images to them. */
export const hostImagesOf = (cluster: Pick<ClusterSettings, "nodeImage" | "template">): readonly string[] => [
  ...nodeImagesOf(cluster),
  ...(cluster.template?.facts?.preloaded ?? []),
];

const templateOf = ({ values, template, templateText }: ClusterEntry): ClusterTemplate => ({
  location: values.template,
  variables: values.templateVariables,
  workerReplicas: values.workerReplicas,
  ...(templateText === undefined ? {} : { text: templateText }),
  ...(template === undefined ? {} : { facts: template }),
});

const clusterOf = (entry: ClusterEntry, allotted: ClusterRanges | undefined): ClusterSettings => {
  const { values, pools } = entry;
  const { loadBalancerAddresses, healthCheck } = values;
  const { ipv4, ipv6 }: ClusterRanges =
    (loadBalancerAddresses.list.length === 0 ? allotted : rangesOf(loadBalancerAddresses)) ?? {};
  return {
    name: values.name,
    namespace: values.namespace,
    kubernetesVersion: values.kubernetesVersion.replace(/^v?/, "v"),
    controlPlaneReplicas: values.controlPlaneReplicas,
    workerPools: [...pools],
    ...(Object.keys(values.labels).length > 0 ? { labels: values.labels } : {}),
    ...(healthCheck ? { healthCheck } : {}),
    ...(isFilled(values.kubeadm) ? { kubeadm: values.kubeadm } : {}),
    ...(values.mounts.length > 0 ? { mounts: values.mounts } : {}),
    podCidr: values.podCidr,
    serviceCidr: values.serviceCidr,
    serviceDomain: values.serviceDomain,
    nodeImage: values.nodeImage,
    backend: values.backend,
    ...(values.template === "" ? {} : { template: templateOf(entry) }),
    ...(values.class === "" ? {} : { class: { source: values.class, variables: values.variables } }),
    cni: values.cni,
    loadBalancer: values.loadBalancer,
    ...(ipv4 === undefined ? {} : { loadBalancerRange: ipv4 }),
    ...(ipv6 === undefined ? {} : { loadBalancerRangeIPv6: ipv6 }),
    application: values.application,
    manifests: values.manifests,
  };
};

const isFilled = (kubeadm: KubeadmSettings | undefined): kubeadm is KubeadmSettings =>
  kubeadm !== undefined && Object.keys(kubeadm).length > 0;

const rangesOf = ({ list }: Networks): ClusterRanges =>
  Object.fromEntries(list.map((network) => [network.family, networkRange(network)]));

export const deepFreeze = <T>(value: T): T => {
  if (typeof value === "object" && value !== null) Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
};
