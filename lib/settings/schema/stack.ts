import { defaultGateway, parseDockerSubnet, parseIPv6Subnet } from "../../network/dockerSubnet";
import type { RoutePins } from "../../versions/pins";
import { between, dnsLabel, filePath, imageReference, secretVariables, templateVariables } from "./checks";
import { clusterFields, infrastructureProviderFields, clusterSettings } from "./cluster";
import {
  choiceOfRoute,
  count,
  derived,
  flag,
  listOf,
  manifest,
  mapOf,
  parsed,
  text,
  texts,
  type ValuesOf,
  variables,
} from "./setting";

const clusterApiAsset = (name: string) => (versions: RoutePins) =>
  `https://github.com/kubernetes-sigs/cluster-api/releases/download/v${versions.clusterApi}/${name}.yaml`;

/** Every setting, in the order of Pulumi.yaml. This table is the one source: `npm run schema` writes the files from it. */
export const settingsSchema = {
  pins: choiceOfRoute(
    ["release", "source"],
    "Set of versions in pins.json: release, or source for a machine that reaches package registries only. Empty: that of the route whose tools are installed.",
  ),

  managementCluster: text(
    "clusterapi",
    "Name of the kind cluster that Cluster API runs in.",
    dnsLabel(49, "kind appends -control-plane"),
  ),
  managementNodeImage: derived(
    (versions) => `kindest/node:v${versions.kubernetes}`,
    "Node image of the management cluster. Empty: kindest/node of the pinned Kubernetes version.",
    imageReference,
  ),

  managementKubeconfig: text(
    "",
    "Path of the kubeconfig of a management cluster to use instead of a kind cluster; its current context is taken. The cluster stays at destroy.",
    filePath,
  ),
  installProviders: flag(
    true,
    "For managementKubeconfig: install cert-manager and Cluster API. false where the cluster has them; then they are left alone.",
  ),

  networkSubnet: parsed(
    "172.18.0.0/16",
    "IPv4 subnet of the Docker network kind. Containers get addresses of its lower half, load balancers of its upper end.",
    parseDockerSubnet,
  ),
  networkGateway: derived(
    (_, { networkSubnet }) => (networkSubnet === undefined ? "" : defaultGateway(networkSubnet)),
    "Gateway of the Docker network. Empty: the first address of the subnet.",
  ),
  networkSubnetIPv6: parsed(
    "",
    "IPv6 subnet of the Docker network. Empty: none; or where a cluster has IPv6, one beside networkSubnet, as fd00:172:18::/64.",
    (value) => (value === "" ? undefined : parseIPv6Subnet(value)),
  ),
  adoptNetwork: flag(false, "Use the Docker network kind that is there, and leave it there at destroy."),
  loadBalancerPrefix: count(
    29,
    "Size of the load balancers' address block, the highest of the subnet, as a prefix length.",
    between(9, 31),
  ),

  imageSource: choiceOfRoute(
    ["registry", "local"],
    "Where nodes get images from: registry, or local for those this machine's Docker has, loaded into every node. Empty: local on the source route, else registry.",
  ),
  extraImages: texts(
    "Further images of this machine's Docker that nodes of workload clusters have from their start; for imageSource local. Not used where an empty imageSource means registry.",
    imageReference,
  ),
  capdImageSource: choiceOfRoute(
    ["pull", "build", "archive", "local"],
    "Where the image of Cluster API's Docker provider comes from: pull, build (from its Go module), archive (a file) or local (this machine's Docker). Empty: local on the source route, else pull.",
  ),
  capdImage: derived(
    (versions) => `gcr.io/k8s-staging-cluster-api/capd-manager:v${versions.clusterApi}`,
    "Image of Cluster API's Docker provider. Empty: the published one of the pinned version.",
    imageReference,
  ),
  capdImageArchive: text("", "For capdImageSource archive: path of a file that docker save wrote.", filePath),

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
  featureGates: variables(
    "Values for the variables of Cluster API's manifests, as CLUSTER_TOPOLOGY or EXP_RUNTIME_SDK.",
    templateVariables,
  ),

  templateSecrets: variables(
    "Values that stay secret for variables of templates and providers' manifests: pulumi config set --secret --path 'slipway:templateSecrets.NAME'.",
    secretVariables,
    { secret: true },
  ),
  providers: listOf(
    mapOf(infrastructureProviderFields),
    "Infrastructure providers to install besides Cluster API's own, for clusters from templates: name, version, manifest.",
  ),

  clusters: listOf(
    mapOf(clusterFields),
    "Several clusters instead of the one that the settings below describe; docs/settings.md lists an entry's fields.",
  ),

  ...clusterSettings,
  applicationImage: derived(
    (versions) => `nginx:${versions.nginx}`,
    "Image of the application. Empty: nginx of the pinned version.",
    imageReference,
  ),
};

/** The name of a setting. */
export type SettingKey = keyof typeof settingsSchema;

/** The value of every setting but the list of clusters, defaults filled in. */
export type SettingValues = Omit<ValuesOf<typeof settingsSchema>, "clusters">;
