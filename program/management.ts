import type { CapdImage, CapdImageArgs } from "../components/management/capdImage";
import type { CloudProviderKindArgs } from "../components/management/cloudProviderKind";
import type { DockerNetwork, DockerNetworkArgs } from "../components/management/dockerNetwork";
import type { ExistingManagementCluster } from "../components/management/existingManagementCluster";
import type { ImageLoad, ImageLoadArgs } from "../components/management/imageLoad";
import type { ManagementCluster, ManagementClusterArgs } from "../components/management/managementCluster";
import type { ProviderInstallArgs } from "../components/management/providerInstall";
import { infrastructureOf } from "../lib/cluster/infrastructure";
import type { NodeAccess } from "../lib/cluster/nodeFiles";
import { hasTopology } from "../lib/cluster/parts";
import { backendOf } from "../lib/cluster/template/docker";
import type { Manifest } from "../lib/kubernetes/manifest";
import { type AddedProvider, type AddedType, laterTypes } from "../lib/providers/clusterctl";
import { rehearsalOf } from "../lib/cluster/webhookSamples";
import type { Stack } from "./stack";

/** A kind cluster in which Cluster API runs. */
export type KindManagement = Pick<
  ManagementCluster,
  "handle" | "kubeconfig" | "kind" | "nodeId" | "nodeName" | "nodeReady"
>;

/** The cluster in which Cluster API runs: a kind cluster, or a cluster that the stack did not create. */
export type Management = KindManagement | Pick<ExistingManagementCluster, "handle" | "kubeconfig">;

/** Returns the kind cluster; undefined for an existing management cluster, which pulls its own images. */
export const kindOf = (management: Management): KindManagement | undefined =>
  "kind" in management ? management : undefined;

/** Returns arguments of the Docker network; undefined if no cluster of the stack runs in containers. */
export const networkArgs = ({ settings, inputs, subnets, owner }: Stack): DockerNetworkArgs | undefined =>
  !inputs.existing || settings.clusters.some(({ backend }) => infrastructureOf(backend).onDocker)
    ? { ...settings.network, subnets, owner }
    : undefined;

/** Returns what nodes in this machine's Docker need to pull images. */
export const nodeAccessOf = ({
  proxy,
  caBundle,
  pullLogins,
}: Pick<Stack["inputs"], "proxy" | "caBundle" | "pullLogins">): NodeAccess => ({
  ...(proxy === undefined ? {} : { proxy }),
  ...(caBundle === undefined ? {} : { caBundle }),
  ...(pullLogins === undefined ? {} : { pullLogins }),
});

/** Returns arguments of the kind cluster. */
export const kindArgs = ({ settings, inputs }: Stack, network: DockerNetwork | undefined): ManagementClusterArgs => ({
  ...settings.management,
  network: network?.ready ?? [],
  isInContainer: inputs.isInContainer === true,
  images: inputs.nodeImages.certManager,
  nodeAccess: nodeAccessOf(inputs),
});

/**
 * Returns arguments of the image of Cluster API's Docker provider; undefined if the stack does not install the
 * provider.
 */
export const capdImageArgs = ({ settings, inputs }: Stack, management: Management): CapdImageArgs | undefined =>
  settings.management.installProviders && kindOf(management)
    ? {
        source: settings.capd.source,
        image: settings.capd.image,
        version: settings.versions.clusterApi,
        ...inputs.capd,
      }
    : undefined;

/** Returns arguments of the image load: the Docker provider's image and others that the kind node cannot pull. */
export const imageLoadArgs = (
  { settings, inputs }: Stack,
  management: Management,
  capd: CapdImage | undefined,
): ImageLoadArgs | undefined => {
  const kind = kindOf(management);
  return kind && capd
    ? {
        node: kind.nodeName,
        nodeId: kind.nodeId,
        lifetime: kind.kind,
        // After the node is Ready: the load takes disk and CPU time from the node's start and from cert-manager.
        after: kind.nodeReady,
        images: { ...inputs.nodeImages.providers, [inputs.capd.image ?? settings.capd.image]: capd.imageId },
      }
    : undefined;
};

/**
 * Groups manifests by their stage of installation.
 *
 * @param manifests - Cluster API's own providers, then the added ones
 */
export const installStages = (
  manifests: readonly Manifest[],
  added: readonly AddedProvider[],
): Pick<ProviderInstallArgs, "providers" | "laterProviders"> => {
  const typed = manifests.map((manifest, index) => ({
    manifest,
    type: added[index - (manifests.length - added.length)]?.type,
  }));
  const of = (wanted: (type: AddedType | undefined) => boolean): Manifest[] =>
    typed.filter(({ type }) => wanted(type)).map(({ manifest }) => manifest);
  const isLater = (type: AddedType | undefined): boolean => laterTypes.some((later) => later === type);
  return {
    providers: of((type) => !isLater(type)),
    laterProviders: laterTypes.map((later) => of((type) => type === later)),
  };
};

/** Returns arguments of cert-manager and Cluster API's providers; undefined if the stack does not install them. */
export const providerArgs = (
  { settings, inputs }: Stack,
  management: Management,
  images: ImageLoad | undefined,
): ProviderInstallArgs | undefined => {
  const { manifests, templates } = inputs;
  return settings.management.installProviders
    ? {
        cluster: management.handle,
        after: kindOf(management)?.nodeReady ?? [],
        providerImages: images?.ready ?? [],
        certManager: manifests.certManager,
        ...(settings.management.keepsCertManager ? { keepsCertManager: true } : {}),
        ...installStages(manifests.providers, settings.infrastructureProviders),
        // The samples of Cluster API's own providers include its Docker provider.
        samples: Object.values(templates).flatMap((parts) =>
          hasTopology(parts) || backendOf(parts.infrastructure) !== "template" ? [] : rehearsalOf(parts.infrastructure),
        ),
        inventory: manifests.inventory,
        nodeAccess: nodeAccessOf(inputs),
      }
    : undefined;
};

/** Returns arguments of the load balancers for clusters with cloud-provider-kind; undefined if no cluster uses it. */
export const cloudProviderKindArgs = (
  { settings, owner }: Stack,
  network: DockerNetwork | undefined,
): CloudProviderKindArgs | undefined =>
  network && settings.cloudProviderKind ? { ...settings.cloudProviderKind, network: network.ready, owner } : undefined;
