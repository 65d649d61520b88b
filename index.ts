import * as pulumi from "@pulumi/pulumi";
import { CapdImage } from "./components/capdImage";
import { clusterNamespaces } from "./components/clusterNamespaces";
import { DockerNetwork, ownerLabel } from "./components/dockerNetwork";
import { ImageLoad } from "./components/imageLoad";
import { ManagementCluster } from "./components/managementCluster";
import { nodeImages } from "./components/nodeImage";
import { ProviderInstall } from "./components/providerInstall";
import { workload } from "./components/workload";
import { prepare } from "./lib/prepare";
import { clusterKey } from "./lib/runningVersions";
import { stackSettings, stop } from "./lib/stackSettings";

/** The whole journey: settings, the management cluster with Cluster API, and each workload cluster with its add-ons. */
export = async () => {
  // Settings, manifests and the host: whatever is wrong is said here, before anything exists.
  const settings = stackSettings();
  const owner = `${pulumi.getProject()}/${pulumi.getStack()}`;
  const inputs = await prepare(settings, { label: ownerLabel, value: owner }).catch(stop);
  const { manifests } = inputs;
  await Promise.all(inputs.warnings.map((warning) => pulumi.log.warn(warning)));

  // Docker network and management cluster.
  const network = new DockerNetwork("network", { ...settings.network, owner });
  const management = new ManagementCluster(settings.management.name, {
    ...settings.management,
    network: network.ready,
    images: inputs.nodeImages.certManager,
  });

  // CAPD controller image, and the images the management cluster cannot pull.
  const capd = new CapdImage("capd-image", {
    source: settings.capd.source,
    image: settings.capd.image,
    version: settings.versions.clusterApi,
    ...inputs.capd,
  });
  const node = { node: management.nodeName, nodeId: management.nodeId, lifetime: management.handle.lifetime };
  const providerImages = new ImageLoad("provider-images", {
    ...node,
    images: { ...inputs.nodeImages.providers, [settings.capd.image]: capd.imageId },
  });

  // cert-manager and Cluster API's providers.
  const providers = new ProviderInstall("providers", {
    cluster: management.handle,
    providerImages: providerImages.ready,
    certManager: manifests.certManager,
    providers: manifests.providers,
    inventory: manifests.inventory,
  });

  // Workload clusters, each with its pod network, load balancer, application and what the settings add.
  const images = nodeImages(inputs.nodeRecipes);
  const namespaces = clusterNamespaces(management.handle, settings.clusters);
  const workloads = settings.clusters.map((cluster) => {
    const namespace = namespaces.get(cluster.namespace);
    return workload(cluster, {
      management: management.handle,
      running: clusterKey(cluster) in inputs.running,
      ready: [...providers.ready, ...(namespace ? [namespace] : [])],
      manifests,
      nodeImage: images.get(cluster.name),
      applicationImage: settings.application.image,
      subnet: settings.network.subnet,
    });
  });

  const [range] = settings.clusters.flatMap(({ loadBalancerRange }) => loadBalancerRange ?? []);
  const first = workloads.find(({ application }) => application !== undefined);
  return {
    // Absent rather than undefined, of which Pulumi would warn.
    ...(first?.application ? { url: first.application.url, answer: first.application.answer } : {}),
    urls: Object.fromEntries(
      workloads.flatMap(({ summary, application }) => (application ? [[summary.name, application.url] as const] : [])),
    ),
    ...(range ? { loadBalancerRange: range.text } : {}),
    managementCluster: settings.management.name,
    clusters: workloads.map(({ summary }) => summary),
    kubeconfigs: pulumi.secret(
      Object.fromEntries([
        [settings.management.name, management.kubeconfig],
        ...workloads.flatMap(({ summary, kubeconfig }) => (kubeconfig ? [[summary.name, kubeconfig] as const] : [])),
      ]),
    ),
  };
};
