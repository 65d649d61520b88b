import type { CapdImage, CapdImageArgs } from "../components/management/capdImage";
import type { CloudProviderKindArgs } from "../components/management/cloudProviderKind";
import type { DockerNetwork, DockerNetworkArgs } from "../components/management/dockerNetwork";
import type { ExistingManagementCluster } from "../components/management/existingManagementCluster";
import type { ImageLoad, ImageLoadArgs } from "../components/management/imageLoad";
import { ManagementCluster, type ManagementClusterArgs } from "../components/management/managementCluster";
import type { ProviderInstallArgs } from "../components/management/providerInstall";
import { infrastructureOf } from "../lib/cluster/infrastructure";
import { rehearsalOf } from "../lib/cluster/webhookSamples";
import type { Stack } from "./stack";

/** The cluster that Cluster API runs in: a kind cluster, or one that somebody else made. */
export type Management = ManagementCluster | ExistingManagementCluster;

/** The kind cluster; undefined for a management cluster that somebody else made, which pulls its own images. */
const kindOf = (management: Management): ManagementCluster | undefined =>
  management instanceof ManagementCluster ? management : undefined;

/** The Docker network; none where no cluster of the stack runs in containers. */
export const networkArgs = ({ settings, inputs, subnets, owner }: Stack): DockerNetworkArgs | undefined =>
  !inputs.existing || settings.clusters.some(({ backend }) => infrastructureOf(backend).onDocker)
    ? { ...settings.network, subnets, owner }
    : undefined;

/** The kind cluster. */
export const kindArgs = ({ settings, inputs }: Stack, network: DockerNetwork | undefined): ManagementClusterArgs => ({
  ...settings.management,
  network: network?.ready ?? [],
  images: inputs.nodeImages.certManager,
});

/** The image of Cluster API's Docker provider. */
export const capdImageArgs = ({ settings, inputs }: Stack, management: Management): CapdImageArgs | undefined =>
  settings.management.installProviders && kindOf(management)
    ? {
        source: settings.capd.source,
        image: settings.capd.image,
        version: settings.versions.clusterApi,
        ...inputs.capd,
      }
    : undefined;

/** The image of the Docker provider, and the others that the kind node cannot pull, loaded into the node. */
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
        // Not before: loading takes disk and cores from what makes the node Ready, and cert-manager needs that first.
        after: kind.nodeReady,
        images: { ...inputs.nodeImages.providers, [settings.capd.image]: capd.imageId },
      }
    : undefined;
};

/** cert-manager and Cluster API's providers; none where somebody else installed them. */
export const providerArgs = (
  { settings, inputs: { manifests, templates } }: Stack,
  management: Management,
  images: ImageLoad | undefined,
): ProviderInstallArgs | undefined =>
  settings.management.installProviders
    ? {
        cluster: management.handle,
        after: kindOf(management)?.nodeReady ?? [],
        providerImages: images?.ready ?? [],
        certManager: manifests.certManager,
        providers: manifests.providers,
        samples: Object.values(templates).map(({ infrastructure }) => rehearsalOf(infrastructure)),
        inventory: manifests.inventory,
      }
    : undefined;

/** The load balancers of clusters that choose cloud-provider-kind. */
export const cloudProviderKindArgs = (
  { settings, owner }: Stack,
  network: DockerNetwork | undefined,
): CloudProviderKindArgs | undefined =>
  network && settings.cloudProviderKind ? { ...settings.cloudProviderKind, network: network.ready, owner } : undefined;
