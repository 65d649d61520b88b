import { defaultSubnet } from "../../network/freeSubnet";
import { parseDockerSubnet, parseIPv6Subnet } from "../../network/parse";
import { addedTypes } from "../../providers/clusterctl";
import type { RoutePins } from "../../versions/pins";
import {
  between,
  dnsLabel,
  filePath,
  folderPath,
  imageReference,
  manifestLocation,
  providerVersion,
  secretVariables,
  templateVariables,
} from "./checks";
import { clusterFields, clusterSettings } from "./cluster";
import { mountFields, portFields } from "./mounts";
import { mtu, parseGateway, withoutSpecialPurpose } from "./networks";
import {
  boolean,
  derivedString,
  integer,
  listOf,
  manifest,
  map,
  mapOf,
  oneOf,
  oneOfByRoute,
  parsedString,
  requiredString,
  string,
  strings,
  type ValuesOf,
} from "./setting";

const clusterApiAsset = (name: string) => (versions: RoutePins) =>
  `https://github.com/kubernetes-sigs/cluster-api/releases/download/v${versions.clusterApi}/${name}.yaml`;

const subnetExamples = { ipv4: "10.200.0.0/16", ipv6: "fd00:10:200::/64" };
const parseSubnet = withoutSpecialPurpose(parseDockerSubnet, subnetExamples);
const parseSubnetIPv6 = withoutSpecialPurpose(parseIPv6Subnet, subnetExamples);

/** An additional provider: an entry of `providers`. */
export const infrastructureProviderFields = {
  name: requiredString(
    "Name of the provider in clusterctl, for example aws.",
    dnsLabel(40, "clusterctl puts its type before it, such as infrastructure-"),
  ),
  type: oneOf(addedTypes, "Type of the provider in clusterctl. runtimeExtension needs featureGates.EXP_RUNTIME_SDK."),
  version: requiredString("Version of the provider, for example v2.13.0.", providerVersion),
  manifest: requiredString(
    "URL or path of the provider's components, such as infrastructure-components.yaml.",
    manifestLocation,
  ),
};

/** Every setting, in the order of Pulumi.yaml. `npm run schema` writes the files from this table. */
export const settingsSchema = {
  pins: oneOfByRoute(
    ["release", "source"],
    "Set of versions in pins.json: release, or source for a machine that only reaches package registries. Empty: the set of the route whose tools are installed.",
  ),

  managementCluster: string(
    "clusterapi",
    "Name of the kind cluster that runs Cluster API.",
    dnsLabel(49, "kind appends -control-plane"),
  ),
  managementNodeImage: derivedString(
    (versions) => `kindest/node:v${versions.kubernetes}`,
    "Node image of the management cluster. Empty: kindest/node of the pinned Kubernetes version.",
    imageReference,
  ),

  managementMounts: listOf(
    mapOf(mountFields),
    "Paths of this machine that the node of the kind cluster sees. Fields: hostPath, containerPath, readOnly.",
  ),
  managementPorts: listOf(
    mapOf(portFields),
    "Ports of this machine that lead to the node of the kind cluster. Fields: hostPort, containerPort, protocol, listenAddress.",
  ),

  managementKubeconfig: string(
    "",
    "Path of the kubeconfig of an existing management cluster, used instead of a kind cluster. Slipway uses its current context; destroy does not delete the cluster.",
    filePath,
  ),
  installProviders: boolean(
    true,
    "With managementKubeconfig: install cert-manager and Cluster API. Set it to false if the cluster already has both; Slipway then does not change them.",
  ),
  installCertManager: boolean(
    true,
    "With managementKubeconfig: install cert-manager. Set it to false if the cluster already has cert-manager; Slipway then keeps it and installs Cluster API alone.",
  ),

  networkSubnet: parsedString(
    "",
    "IPv4 subnet of the Docker network kind. Containers get addresses of the lower half, and load balancers get addresses of the upper half. Empty: the first up takes the first free subnet (172.18.0.0/16, then 172.19.0.0/16 and so on), and the stack keeps it.",
    (value) => parseSubnet(value === "" ? defaultSubnet : value),
  ),
  networkGateway: parsedString(
    "",
    "Gateway of the Docker network. Empty: the first address of the subnet.",
    parseGateway,
  ),
  networkSubnetIPv6: parsedString(
    "",
    "IPv6 subnet of the Docker network. Empty: a subnet derived from networkSubnet if a cluster has IPv6 (fd00:172:18::/64 for 172.18.0.0/16), otherwise no IPv6.",
    (value) => (value === "" ? undefined : parseSubnetIPv6(value)),
  ),
  networkMtu: integer(
    0,
    "MTU of the Docker network kind in bytes: 576 to 9216, and at least 1280 with IPv6. 0: the first up takes the MTU of Docker's default bridge, and the stack keeps it.",
    mtu,
  ),
  adoptNetwork: boolean(
    false,
    "Use the existing Docker network kind; destroy does not delete the network. Without this setting, the first up adopts a network kind that has no containers and that Slipway did not create.",
  ),
  loadBalancerPrefix: integer(
    29,
    "Prefix length of a cluster's block of load balancer addresses. A stack without clusters has the highest block of the subnet.",
    between(9, 31),
  ),

  imageSource: oneOfByRoute(
    ["registry", "local"],
    "Source of the images on nodes: registry, or local to load images of this machine's Docker into every node. Empty: local on the source route, otherwise registry.",
  ),
  extraImages: strings(
    "Additional images of this machine's Docker that nodes of workload clusters have from their start, with imageSource local. Ignored if an empty imageSource means registry.",
    imageReference,
  ),
  caBundle: string(
    "",
    "Path of a PEM file with certificates of authorities that Slipway and all nodes trust, besides the usual authorities.",
    filePath,
  ),
  imagePullCredentials: oneOf(
    ["none", "docker"],
    "Logins that nodes use to pull images: none, or docker for the logins that docker login stored, for the registries of the stack.",
  ),
  capdImageSource: oneOfByRoute(
    ["pull", "build", "archive", "local"],
    "Source of the image of Cluster API's Docker provider: pull, build (from its Go module), archive (a file) or local (this machine's Docker). Empty: local on the source route, otherwise pull.",
  ),
  capdImage: derivedString(
    (versions) => `gcr.io/k8s-staging-cluster-api/capd-manager:v${versions.clusterApi}`,
    "Image of Cluster API's Docker provider. Empty: the published image of the pinned version.",
    imageReference,
  ),
  capdSource: string(
    "",
    "With capdImageSource build: path of a clone of cluster-api, from whose files the image is built. Empty: the pinned Go module.",
    folderPath,
  ),
  capdImageArchive: string("", "With capdImageSource archive: path of a file that docker save wrote.", filePath),

  certManagerManifest: manifest(
    "cert-manager",
    ({ certManager }) =>
      `https://github.com/cert-manager/cert-manager/releases/download/v${certManager}/cert-manager.yaml`,
  ),
  coreManifest: manifest("Cluster API's core provider", clusterApiAsset("core-components")),
  bootstrapManifest: manifest("the kubeadm bootstrap provider", clusterApiAsset("bootstrap-components")),
  controlPlaneManifest: manifest("the kubeadm control plane provider", clusterApiAsset("control-plane-components")),
  infrastructureManifest: manifest("the Docker provider", clusterApiAsset("infrastructure-components-development")),
  cniManifest: manifest(
    "Calico",
    ({ calico }) => `https://raw.githubusercontent.com/projectcalico/calico/v${calico}/manifests/calico.yaml`,
  ),
  loadBalancerManifest: manifest(
    "MetalLB",
    ({ metallb }) =>
      `https://raw.githubusercontent.com/metallb/metallb/v${metallb}/config/manifests/metallb-native.yaml`,
  ),
  featureGates: map(
    "Values of variables in Cluster API's manifests, for example CLUSTER_TOPOLOGY or EXP_RUNTIME_SDK.",
    templateVariables,
  ),

  templateSecrets: map(
    "Secret values of variables in templates and providers' manifests. Set them with pulumi config set --secret --path 'slipway:templateSecrets.NAME'.",
    secretVariables,
    { secret: true },
  ),
  providers: listOf(
    mapOf(infrastructureProviderFields),
    "Additional providers to install, such as the infrastructure provider of clusters from templates. Fields: name, type, version, manifest.",
  ),
  managementManifests: strings(
    "URLs or paths of manifests for the management cluster, such as ClusterResourceSets with their ConfigMaps. They are applied before the clusters and deleted after them.",
    manifestLocation,
  ),

  clusters: listOf(
    mapOf(clusterFields),
    "List of workload clusters, instead of the single cluster of the settings below; docs/reference/settings.md lists the fields of an entry.",
  ),

  ...clusterSettings,
  applicationImage: derivedString(
    (versions) => `nginx:${versions.nginx}`,
    "Image of the application. Empty: nginx of the pinned version.",
    imageReference,
  ),
};

/** The name of a setting. */
export type SettingKey = keyof typeof settingsSchema;

/** The values of all settings except `clusters`, with defaults filled in. */
export type SettingValues = Omit<ValuesOf<typeof settingsSchema>, "clusters">;
