import { Application } from "./components/addons/application";
import { Cni } from "./components/addons/cni";
import { ExtraManifests } from "./components/addons/extraManifests";
import { MetalLb } from "./components/addons/metalLb";
import { CapdImage } from "./components/management/capdImage";
import { CloudProviderKind } from "./components/management/cloudProviderKind";
import { DockerNetwork } from "./components/management/dockerNetwork";
import { ExistingManagementCluster } from "./components/management/existingManagementCluster";
import { ImageLoad } from "./components/management/imageLoad";
import { ManagementCluster } from "./components/management/managementCluster";
import { ProviderInstall } from "./components/management/providerInstall";
import { WorkloadCluster } from "./components/workload/workloadCluster";
import { create } from "./program/create";
import {
  capdImageArgs,
  cloudProviderKindArgs,
  imageLoadArgs,
  kindArgs,
  networkArgs,
  providerArgs,
} from "./program/management";
import { stackOutputs } from "./program/outputs";
import { readStack, type Stack } from "./program/stack";
import {
  applicationArgs,
  awaitNodes,
  cniArgs,
  extraManifestsArgs,
  managementManifestsArgs,
  metalLbArgs,
  shareAmongClusters,
  workloadClusterArgs,
} from "./program/workload";

/**
 * Creates the whole stack: the management cluster with Cluster API, and each workload cluster with its add-ons.
 * The functions of program/ return a component's arguments. `create` skips a component without arguments.
 * docs/architecture.md lists the code of each step.
 *
 * @param lab - the stack of a component Lab, for a program outside of the checkout; default: the stack of Pulumi.yaml
 */
export = async (lab?: Stack) => {
  // Settings, manifests and the host: every problem is reported here, before any resource exists.
  const stack = lab ?? (await readStack());
  const { settings, inputs, within } = stack;

  // The Docker network, and the management cluster: a kind cluster, or an existing cluster of the user.
  const network = create(DockerNetwork, "network", networkArgs(stack), within);
  const { name: managementName } = settings.management;
  const management = inputs.existing
    ? new ExistingManagementCluster(managementName, inputs.existing, within)
    : new ManagementCluster(managementName, kindArgs(stack, network), within);

  // The image of Cluster API's Docker provider (CAPD): pulled, built or loaded from a file. Then the kind node gets it.
  const capdImage = create(CapdImage, "capd-image", capdImageArgs(stack, management), within);
  const images = create(ImageLoad, "provider-images", imageLoadArgs(stack, management, capdImage), within);

  // cert-manager and Cluster API's providers.
  const providers = create(ProviderInstall, "providers", providerArgs(stack, management, images), within);

  // Load balancers of clusters that choose cloud-provider-kind instead of MetalLB.
  const cloudLoadBalancer = create(
    CloudProviderKind,
    "cloud-provider-kind",
    cloudProviderKindArgs(stack, network),
    within,
  );

  // The workload clusters: first their node images and namespaces, which clusters share.
  const shared = shareAmongClusters(stack, management, network, providers, cloudLoadBalancer);
  // Manifests for the management cluster, such as ClusterResourceSets.
  const added = create(ExtraManifests, "management-manifests", managementManifestsArgs(shared), within);
  const workloads = shared.clusters.map((settings) => {
    const { name } = settings;

    // Cluster, DevCluster, KubeadmControlPlane and MachineDeployments: lib/cluster/objects.ts.
    const cluster = new WorkloadCluster(name, workloadClusterArgs(shared, settings, added), within);

    // Pod network, and load balancer with the address ranges of lib/settings/ranges.ts.
    const cni = create(Cni, `${name}-cni`, cniArgs(shared, settings, cluster), within);
    const metalLb = create(MetalLb, `${name}-metallb`, metalLbArgs(shared, settings, cluster, cni), within);

    // Ready nodes, the settings' own manifests, and nginx, which answers over the load balancer's address.
    const nodes = awaitNodes(shared, settings, cluster, cni);
    const addons = { cni, metalLb };
    const manifests = create(
      ExtraManifests,
      `${name}-manifests`,
      extraManifestsArgs(shared, settings, cluster, addons),
      within,
    );
    const needs = { nodes, metalLb, manifests };
    const application = create(
      Application,
      `${name}-application`,
      applicationArgs(shared, settings, cluster, needs),
      within,
    );
    return { settings, cluster, nodes, application };
  });
  return stackOutputs(stack, management, workloads);
};
