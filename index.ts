import * as pulumi from "@pulumi/pulumi";
import { clusterNamespaces } from "./components/kubernetes/namespaces";
import { CloudProviderKind } from "./components/management/cloudProviderKind";
import { DockerNetwork } from "./components/management/dockerNetwork";
import { ExistingManagementCluster } from "./components/management/existingManagementCluster";
import { ManagementCluster } from "./components/management/managementCluster";
import { ProviderInstall } from "./components/management/providerInstall";
import { nodeImages } from "./components/workload/nodeImage";
import { infrastructureOf } from "./lib/cluster/infrastructure";
import { rehearsalOf } from "./lib/cluster/webhookSamples";
import { isGiven, ownerAnnotation } from "./preflight/management/existing";
import { clusterKey } from "./preflight/management/running";
import { prepare } from "./preflight/prepare";
import { providerImages } from "./program/providerImages";
import { stackSettings, stop } from "./program/stackSettings";
import { limitWaits } from "./program/waitLimit";
import { workload } from "./program/workload";

/** The whole journey: settings, the management cluster with Cluster API, and each workload cluster with its add-ons. */
export = async () => {
  // Settings, manifests and the host: whatever is wrong is said here, before anything exists.
  const settings = stackSettings();
  limitWaits();
  const owner = `${pulumi.getProject()}/${pulumi.getStack()}`;
  const inputs = await prepare(settings, owner, pulumi.runtime.isDryRun()).catch(stop);
  const { manifests } = inputs;
  await Promise.all(inputs.warnings.map((warning) => pulumi.log.warn(warning)));

  // Docker network, where containers are made, and the management cluster: a kind cluster, or one that is there.
  const { existing } = inputs;
  const hasContainers = !existing || settings.clusters.some(({ backend }) => infrastructureOf(backend).onDocker);
  const network = hasContainers ? new DockerNetwork("network", { ...settings.network, owner }) : undefined;
  const { name } = settings.management;
  const management = existing
    ? new ExistingManagementCluster(name, existing)
    : new ManagementCluster(name, {
        ...settings.management,
        network: network?.ready ?? [],
        images: inputs.nodeImages.certManager,
      });
  const kind = management instanceof ManagementCluster ? management : undefined;

  // cert-manager and Cluster API's providers; a cluster that someone else made pulls its images by itself.
  const providers = settings.management.installProviders
    ? new ProviderInstall("providers", {
        cluster: management.handle,
        after: kind?.nodeReady ?? [],
        providerImages: kind ? providerImages(kind, settings, inputs) : [],
        certManager: manifests.certManager,
        providers: manifests.providers,
        samples: Object.values(inputs.templates).map(({ infrastructure }) => rehearsalOf(infrastructure)),
        inventory: manifests.inventory,
      })
    : undefined;

  // Workload clusters, each with its pod network, load balancer, application and what the settings add.
  const images = nodeImages(inputs.nodeRecipes);
  const namespaces = clusterNamespaces(
    management.handle,
    settings.clusters,
    existing && {
      isGiven: (name) => isGiven(existing, name, owner),
      annotations: { [ownerAnnotation]: owner },
    },
  );
  // A kind node waits for the network by itself.
  const ready = [...(providers?.ready ?? []), ...(kind ? [] : (network?.ready ?? []))];
  const cloudProviderKind =
    network && settings.cloudProviderKind
      ? new CloudProviderKind("cloud-provider-kind", { ...settings.cloudProviderKind, network: network.ready, owner })
          .ready
      : [];
  const workloads = settings.clusters.map((cluster) => {
    const namespace = namespaces.get(cluster.namespace);
    return workload(cluster, {
      management: management.handle,
      running: clusterKey(cluster) in inputs.running,
      savedKubeconfig: inputs.savedKubeconfigs[clusterKey(cluster)],
      ready: [...ready, ...(namespace ? [namespace] : [])],
      manifests,
      template: inputs.templates[cluster.name],
      nodeImage: images.get(cluster.name),
      applicationImage: settings.application.image,
      network: settings.network,
      cloudProviderKind,
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
