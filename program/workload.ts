import type * as pulumi from "@pulumi/pulumi";
import { Application } from "../components/addons/application";
import { Cni } from "../components/addons/cni";
import { ExtraManifests } from "../components/addons/extraManifests";
import { MetalLb } from "../components/addons/metalLb";
import { lifeIn, type ClusterHandle } from "../components/kubernetes/clusterHandle";
import type { ClusterAccess } from "../components/workload/access";
import type { NodeImage } from "../components/workload/nodeImage";
import { clusterReady } from "../components/workload/nodesReady";
import { WorkloadCluster } from "../components/workload/workloadCluster";
import { infrastructureOf } from "../lib/cluster/infrastructure";
import { type ClusterParts, partsOfSpec } from "../lib/cluster/parts";
import { clusterSpec } from "../lib/cluster/spec";
import { clusterFamilies } from "../lib/network/families";
import type { ClusterSettings, Settings } from "../lib/settings/types";
import type { Inputs } from "../preflight/prepare";
import { ClusterContainers } from "../provider/kind";

/** What a workload cluster and its add-ons are made from, besides the cluster's own settings. */
export interface WorkloadArgs {
  management: ClusterHandle;
  /** Whether the cluster's nodes run already. */
  running: boolean;
  /** The kubeconfig that an earlier run saved, if the Secret of the kubeconfig is missing. */
  savedKubeconfig?: string;
  /** What Cluster API's objects wait for. */
  ready: pulumi.Resource[];
  manifests: Pick<Inputs["manifests"], "cni" | "loadBalancer" | "extra">;
  /** What a cluster from a template is made of. */
  template: ClusterParts | undefined;
  /** The image of the nodes, where it is not the settings' own, and what it waits for. */
  nodeImage: NodeImage | undefined;
  applicationImage: string;
  /** The Docker network, in which every load balancer's address lies. */
  network: Pick<Settings["network"], "subnet" | "ipv6">;
  /** cloud-provider-kind, which serves the clusters that choose it; what its addresses wait for. */
  cloudProviderKind: pulumi.Resource[];
}

/** What a stack says of a cluster. */
export interface ClusterSummary {
  name: string;
  namespace: string;
  version: string;
  /** Names of the nodes; none for the in-memory backend, and where no pod network makes them Ready. */
  nodes: pulumi.Input<string[]>;
  /** `first-last`; absent without MetalLB. */
  loadBalancerRange?: string;
  loadBalancerRangeIPv6?: string;
  /** The application's URL in the cluster's second address family. */
  secondUrl?: pulumi.Output<string>;
}

/** A workload cluster as the outputs need it. */
export interface Workload {
  summary: ClusterSummary;
  kubeconfig?: pulumi.Output<string>;
  application?: Application;
}

/** One workload cluster with its pod network, load balancer, application and further manifests. */
export const workload = (cluster: ClusterSettings, args: WorkloadArgs): Workload => {
  const { name, namespace, kubernetesVersion: version } = cluster;
  const { nodeImage } = args;
  const parts =
    cluster.backend === "template"
      ? args.template
      : partsOfSpec({ ...clusterSpec(cluster, cluster.backend), ...(nodeImage ? { nodeImage: nodeImage.image } : {}) });
  if (parts === undefined) throw new Error(`the template of cluster ${name} was not read`);
  const made = { ...args, spec: cluster, parts, nodeImageReady: nodeImage?.ready ?? [] };
  const { access, machines, workers } = new WorkloadCluster(name, made);
  const { loadBalancerRange: ipv4, loadBalancerRangeIPv6: ipv6 } = cluster;
  const ranges = [...(ipv4 ? [ipv4] : []), ...(ipv6 ? [ipv6] : [])];
  const summary = {
    name,
    namespace,
    version,
    ...(ipv4 ? { loadBalancerRange: ipv4.text } : {}),
    ...(ipv6 ? { loadBalancerRangeIPv6: ipv6.text } : {}),
  };
  // The in-memory backend runs nothing: its control plane's own condition is all there is to wait for.
  if (access === undefined) return { summary: { ...summary, nodes: [] } };

  const cni = podNetwork(cluster, args, access, workers);
  const balancer =
    cluster.loadBalancer === "metallb" && ranges.length > 0
      ? new MetalLb(`${name}-metallb`, {
          cluster: access.handle,
          manifest: args.manifests.loadBalancer,
          ranges: ranges.map(({ text }) => text),
          podNetwork: cni?.running ?? [],
        })
      : undefined;
  const nodes = cni
    ? clusterReady(`${name}-nodes`, {
        management: args.management,
        workload: access.handle,
        spec: cluster,
        parts,
        machines,
        cni,
      })
    : undefined;
  if (nodes && infrastructureOf(cluster.backend).onDocker) {
    // Not a wait of what follows: it only looks, until something is to be repaired.
    new ClusterContainers(
      `${name}-containers`,
      { cluster: name, namespace, kubeconfig: args.management.kubeconfigFile },
      { dependsOn: [nodes], ...lifeIn(access.handle), customTimeouts: { update: "30m" } },
    );
  }
  const added =
    cluster.manifests.length > 0
      ? new ExtraManifests(`${name}-manifests`, {
          cluster: access.handle,
          manifests: cluster.manifests.flatMap((location) => args.manifests.extra[location] ?? []),
          after: [...(cni?.ready ?? []), ...workers],
        }).running
      : [];
  const { subnet, ipv6: second } = args.network;
  const subnets = [subnet, ...(second ? [second.subnet] : [])];
  // Of an external load balancer the manifests may bring the controller.
  const others = { "cloud-provider-kind": args.cloudProviderKind, external: added };
  const application = cluster.application
    ? new Application(`${name}-application`, {
        cluster: access.handle,
        image: args.applicationImage,
        ...(cluster.loadBalancer === "external"
          ? {}
          : { within: ranges.length > 0 ? ranges : subnets, families: clusterFamilies(cluster) }),
        // Without a pod network of the program's own, the manifests may bring one; likewise a load balancer.
        podsCanRun: nodes ? [nodes] : [...workers, ...added],
        loadBalancerReady: balancer?.ready ?? { ...others, none: [], metallb: [] }[cluster.loadBalancer],
      })
    : undefined;
  const names = nodes?.stdout.apply((text) => text.split("\n")) ?? [];
  const other = application?.second ? { secondUrl: application.second.url } : {};
  return { summary: { ...summary, nodes: names, ...other }, kubeconfig: access.kubeconfig, application };
};

const podNetwork = (
  cluster: ClusterSettings,
  args: WorkloadArgs,
  access: ClusterAccess,
  workers: pulumi.Resource[],
): Cni | undefined => {
  const manifest = args.manifests.cni[cluster.cni];
  // Without one the nodes never become Ready by themselves, so nothing waits for them either.
  if (manifest === undefined) return undefined;
  return new Cni(`${cluster.name}-cni`, {
    cluster: access.handle,
    kind: cluster.cni,
    manifest,
    podCidr: cluster.podCidr,
    workers,
  });
};
