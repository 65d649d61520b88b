import { cloudProviderKindImage } from "../addons/cloudProviderKind";
import type { ClusterSpec, Backend } from "../cluster/spec";
import { type AddressRange, networkRange } from "../network/addressRange";
import { defaultGateway } from "../network/dockerSubnet";
import type { ClusterNetworkTexts, Networks } from "../network/networks";
import type { InfrastructureProvider } from "../providers/clusterctl";
import type { RoutePins } from "../versions/pins";
import { type ClusterRanges, familyRanges, ipv6SubnetOf } from "./ranges";
import type { ClusterEntry } from "./schema/entries";
import type { SettingValues } from "./schema/stack";

/**
 * What a management cluster is called that the settings give: no kind cluster and no workload cluster can have a name
 * with an underscore, so nothing in Docker is ever taken for it.
 */
export const existingManagementName = "existing_management";

/** A workload cluster as the settings describe it. */
export interface ClusterSettings
  extends Readonly<Omit<ClusterSpec, "backend" | keyof ClusterNetworkTexts>>, ClusterNetworkTexts {
  readonly backend: Backend;
  /** URL or path of the template that it is made from, and values for its variables; for backend `template`. */
  readonly template?: { readonly location: string; readonly variables: Readonly<Record<string, string>> };
  readonly nodeImage: string;
  /** A name of clusterFields.cniNames, or the URL or path of a manifest. */
  readonly cni: string;
  readonly loadBalancer: "metallb" | "none" | "cloud-provider-kind" | "external";
  /** What MetalLB may give out in IPv4; absent for a cluster without the one or the other. */
  readonly loadBalancerRange?: AddressRange;
  /** The same in IPv6. */
  readonly loadBalancerRangeIPv6?: AddressRange;
  readonly application: boolean;
  /** URLs or paths of further manifests. */
  readonly manifests: readonly string[];
}

/** All settings, checked and complete; frozen. */
export interface Settings {
  /** Which set of versions is meant, and that set. Versions are without the v. */
  readonly pins: "release" | "source";
  readonly versions: Readonly<RoutePins>;
  readonly network: {
    readonly subnet: string;
    readonly gateway: string;
    /** Absent for a network of IPv4 alone. */
    readonly ipv6?: { readonly subnet: string; readonly gateway: string };
    readonly adopt: boolean;
    readonly loadBalancerPrefix: number;
  };
  readonly management: {
    readonly name: string;
    readonly nodeImage: string;
    /** Path of the kubeconfig of a cluster that someone else made; empty: a kind cluster is made. */
    readonly kubeconfig: string;
    readonly installProviders: boolean;
    /** Whether the kind cluster is dual stack, to reach clusters of IPv6 alone; absent: IPv4. */
    readonly dualStack?: boolean;
  };
  readonly imageSource: "registry" | "local";
  /** References of what nodes of workload clusters have besides; empty for the source registry. */
  readonly extraImages: readonly string[];
  readonly capd: {
    readonly source: "pull" | "build" | "archive" | "local";
    readonly image: string;
    /** Path of the archive; empty for any other source. */
    readonly archive: string;
  };
  /** URL or path of each. */
  readonly manifests: {
    readonly certManager: string;
    readonly core: string;
    readonly bootstrap: string;
    readonly controlPlane: string;
    readonly infrastructure: string;
    readonly cni: string;
    readonly loadBalancer: string;
  };
  /** Values for the variables of Cluster API's manifests. */
  readonly featureGates: Readonly<Record<string, string>>;
  /** Values for variables of templates and providers' manifests that nobody is to see. */
  readonly templateSecrets: Readonly<Record<string, string>>;
  /** Providers besides Cluster API's own. */
  readonly infrastructureProviders: readonly InfrastructureProvider[];
  readonly clusters: readonly ClusterSettings[];
  /** cloud-provider-kind's image; absent where no cluster chooses it. */
  readonly cloudProviderKind?: { readonly image: string };
  /** Whether any cluster has the application, and its image. */
  readonly application: { readonly enabled: boolean; readonly image: string };
}

/** Puts checked values into their places. */
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
      subnet: values.networkSubnet.text,
      gateway: values.networkGateway,
      ...(ipv6 === undefined ? {} : { ipv6: { subnet: ipv6.text, gateway: defaultGateway(ipv6) } }),
      adopt: values.adoptNetwork,
      loadBalancerPrefix: values.loadBalancerPrefix,
    },
    management: {
      name: values.managementKubeconfig === "" ? values.managementCluster : existingManagementName,
      nodeImage: values.managementNodeImage,
      kubeconfig: values.managementKubeconfig,
      installProviders: values.installProviders,
      ...(ipv6 === undefined ? {} : { dualStack: true }),
    },
    imageSource: values.imageSource,
    extraImages: [...values.extraImages],
    capd: { source: values.capdImageSource, image: values.capdImage, archive: values.capdImageArchive },
    manifests: {
      certManager: values.certManagerManifest,
      core: values.coreManifest,
      bootstrap: values.bootstrapManifest,
      controlPlane: values.controlPlaneManifest,
      infrastructure: values.infrastructureManifest,
      cni: values.cniManifest,
      loadBalancer: values.loadBalancerManifest,
    },
    featureGates: values.featureGates,
    templateSecrets: values.templateSecrets,
    infrastructureProviders: values.providers.map((provider) => ({ ...provider })),
    clusters: entries.map((entry) => clusterOf(entry, ranges[entry.values.name])),
    ...(entries.some((entry) => entry.values.loadBalancer === "cloud-provider-kind")
      ? { cloudProviderKind: { image: cloudProviderKindImage(versions) } }
      : {}),
    application: { enabled: entries.some((entry) => entry.values.application), image: values.applicationImage },
  });
};

const clusterOf = ({ values, pools }: ClusterEntry, allotted: ClusterRanges | undefined): ClusterSettings => {
  const { loadBalancerAddresses: given, healthCheck } = values;
  const { ipv4, ipv6 }: ClusterRanges = (given.list.length === 0 ? allotted : rangesOf(given)) ?? {};
  return {
    name: values.name,
    namespace: values.namespace,
    kubernetesVersion: values.kubernetesVersion.replace(/^v?/, "v"),
    controlPlaneReplicas: values.controlPlaneReplicas,
    workerPools: [...pools],
    ...(healthCheck ? { healthCheck } : {}),
    podCidr: values.podCidr.text,
    serviceCidr: values.serviceCidr.text,
    serviceDomain: values.serviceDomain,
    nodeImage: values.nodeImage,
    backend: values.backend,
    ...(values.backend !== "template"
      ? {}
      : { template: { location: values.template, variables: values.templateVariables } }),
    cni: values.cni,
    loadBalancer: values.loadBalancer,
    ...(ipv4 === undefined ? {} : { loadBalancerRange: ipv4 }),
    ...(ipv6 === undefined ? {} : { loadBalancerRangeIPv6: ipv6 }),
    application: values.application,
    manifests: values.manifests,
  };
};

const rangesOf = ({ list }: Networks): ClusterRanges =>
  Object.fromEntries(list.map((network) => [network.family, networkRange(network)]));

const deepFreeze = <T>(value: T): T => {
  if (typeof value === "object" && value !== null) Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
};
