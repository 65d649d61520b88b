import * as pulumi from "@pulumi/pulumi";
import { Application } from "./components/application";
import { CapdImage } from "./components/capdImage";
import { clusterReady } from "./components/clusterReady";
import { Cni } from "./components/cni";
import { DockerNetwork, ownerLabel } from "./components/dockerNetwork";
import { ImageLoad } from "./components/imageLoad";
import { ManagementCluster } from "./components/managementCluster";
import { MetalLb } from "./components/metalLb";
import { ProviderInstall } from "./components/providerInstall";
import { WorkloadCluster } from "./components/workloadCluster";
import { loadBalancerRange } from "./lib/addresses";
import { clusterSpec } from "./lib/clusterSpec";
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
  const range = loadBalancerRange(
    settings.network.subnet,
    settings.network.gateway,
    settings.network.loadBalancerPrefix,
  );

  // Docker network and management cluster.
  const network = new DockerNetwork("network", { ...settings.network, owner });
  const management = new ManagementCluster(settings.management.name, {
    ...settings.management,
    network: network.ready,
  });

  // CAPD controller image, and the images the management cluster cannot pull.
  const capd = new CapdImage("capd-image", {
    source: settings.capd.source,
    image: settings.capd.image,
    version: settings.versions.clusterApi,
    ...inputs.capd,
  });
  const node = { node: management.nodeName, nodeId: management.nodeId, lifetime: management.handle.lifetime };
  const certManagerImages = new ImageLoad("cert-manager-images", { ...node, images: inputs.nodeImages.certManager });
  const providerImages = new ImageLoad("provider-images", {
    ...node,
    images: { ...inputs.nodeImages.providers, [settings.capd.image]: capd.imageId },
    // One after the other, so that cert-manager, which everything waits for, starts while the rest is loaded.
    after: certManagerImages.ready,
  });

  // cert-manager and Cluster API's providers.
  const providers = new ProviderInstall("providers", {
    cluster: management.handle,
    certManagerImages: certManagerImages.ready,
    providerImages: providerImages.ready,
    certManager: manifests.certManager,
    providers: manifests.providers,
    inventory: manifests.inventory,
  });

  // Workload clusters, each with its pod network, load balancer and application.
  const clusters = settings.clusters.map((cluster) => {
    const spec = clusterSpec(cluster, inputs.preLoadImages);
    const workload = new WorkloadCluster(cluster.name, {
      management: management.handle,
      spec,
      running: clusterKey(spec) in inputs.running,
      providersReady: providers.ready,
    });
    const { handle } = workload;
    const cni = new Cni(`${cluster.name}-cni`, { cluster: handle, manifest: manifests.cni, podCidr: cluster.podCidr });
    const metalLb = new MetalLb(`${cluster.name}-metallb`, {
      cluster: handle,
      manifest: manifests.loadBalancer,
      range: range.text,
    });
    const nodes = clusterReady(`${cluster.name}-nodes`, {
      management: management.handle,
      workload: handle,
      spec,
      machines: workload.machines,
      cni: cni.ready,
    });
    const application = settings.application.enabled
      ? new Application(`${cluster.name}-application`, {
          cluster: handle,
          image: settings.application.image,
          range,
          loadBalancerReady: metalLb.ready,
        })
      : undefined;
    return { cluster, workload, nodes, application };
  });

  const [first] = clusters;
  return {
    url: first?.application?.url,
    answer: first?.application?.answer,
    loadBalancerRange: range.text,
    managementCluster: settings.management.name,
    clusters: clusters.map(({ cluster, nodes }) => ({
      name: cluster.name,
      namespace: cluster.namespace,
      version: cluster.kubernetesVersion,
      nodes: nodes.stdout.apply((names) => names.split("\n")),
    })),
    kubeconfigs: pulumi.secret(
      Object.fromEntries([
        [settings.management.name, management.kubeconfig],
        ...clusters.map(({ cluster, workload }) => [cluster.name, workload.kubeconfig] as const),
      ]),
    ),
  };
};
