import type * as pulumi from "@pulumi/pulumi";
import type { ApplicationArgs } from "../components/addons/application";
import type { Cni, CniArgs } from "../components/addons/cni";
import type { ExtraManifests, ExtraManifestsArgs } from "../components/addons/extraManifests";
import type { MetalLb, MetalLbArgs } from "../components/addons/metalLb";
import { lifecycleOptions } from "../components/kubernetes/clusterHandle";
import { clusterNamespaces } from "../components/kubernetes/namespaces";
import type { CloudProviderKind } from "../components/management/cloudProviderKind";
import type { DockerNetwork } from "../components/management/dockerNetwork";
import type { ProviderInstall } from "../components/management/providerInstall";
import { type ClusterClass, clusterClasses } from "../components/workload/clusterClass";
import { type NodeImage, nodeImages } from "../components/workload/nodeImage";
import { clusterReady } from "../components/workload/nodesReady";
import type { WorkloadCluster, WorkloadClusterArgs } from "../components/workload/workloadCluster";
import { withoutRepeatedObjects } from "../lib/kubernetes/manifest";
import { infrastructureOf } from "../lib/cluster/infrastructure";
import { withTemplateSecrets } from "../lib/cluster/kubeadm";
import { type ClusterParts, hasTopology, partsOfSpec } from "../lib/cluster/parts";
import { clusterSpec } from "../lib/cluster/spec";
import type { ClusterSettings } from "../lib/settings/types";
import { ownerLabel } from "../lib/base/labels";
import { isForeignNamespace } from "../preflight/management/existing";
import { clusterKey } from "../preflight/management/running";
import { ClusterContainers } from "../provider/kind";
import { createdClasses, neededRecipes, topologyOf } from "./classes";
import { kindOf, type Management, nodeAccessOf } from "./management";
import type { Stack } from "./stack";

/** A cluster's settings, and the objects that the cluster consists of. */
export type PlannedCluster = ClusterSettings & { parts: ClusterParts };

/** Values that all workload clusters of a stack share. */
export interface Shared {
  stack: Stack;
  management: Management;
  /** Resources that Cluster API's objects wait for. */
  ready: pulumi.Resource[];
  namespaces: ReadonlyMap<string, pulumi.Resource>;
  images: ReadonlyMap<string, readonly NodeImage[]>;
  /** Classes that the stack creates, by `namespace/name`. */
  classes: ReadonlyMap<string, ClusterClass>;
  /** Resources that the load balancer addresses of cloud-provider-kind wait for. */
  cloudProviderKind: pulumi.Resource[];
  /** The clusters in the settings. */
  clusters: PlannedCluster[];
}

/** Creates the resources that workload clusters share: node images and namespaces. */
export const shareAmongClusters = (
  stack: Stack,
  management: Management,
  network: DockerNetwork | undefined,
  providers: ProviderInstall | undefined,
  cloudProviderKind: CloudProviderKind | undefined,
): Shared => {
  const { existing } = stack.inputs;
  const created = createdClasses(stack);
  const images = nodeImages(neededRecipes(stack, created), stack.within);
  const namespaces = clusterNamespaces(
    management.handle,
    stack.settings.clusters,
    stack.within,
    existing && {
      isGiven: (name) => isForeignNamespace(existing, name, stack.owner),
      annotations: { [ownerLabel]: stack.owner },
    },
  );
  // A kind node waits for the network itself.
  const networkReady = kindOf(management) ? [] : (network?.ready ?? []);
  const ready = [...(providers?.ready ?? []), ...networkReady];
  const readyIn = (namespace: string): pulumi.Resource[] => [...ready, ...[namespaces.get(namespace) ?? []].flat()];
  const classes = clusterClasses(management.handle, [...created.values()], readyIn, stack.within);
  const clusters = stack.settings.clusters.map((cluster) => ({
    ...cluster,
    parts: partsOf(stack, images, created, cluster),
  }));
  return {
    stack,
    management,
    ready,
    namespaces,
    images,
    classes,
    cloudProviderKind: cloudProviderKind?.ready ?? [],
    clusters,
  };
};

const partsOf = (
  stack: Stack,
  images: Shared["images"],
  created: ReturnType<typeof createdClasses>,
  cluster: ClusterSettings,
): ClusterParts => {
  const { backend } = cluster;
  const image = images.get(cluster.name)?.[0]?.image;
  const parts =
    topologyOf(stack, created, cluster) ??
    (cluster.template !== undefined || backend === "template"
      ? stack.inputs.templates[cluster.name]
      : partsOfSpec({
          ...withTemplateSecrets(clusterSpec(cluster, backend), stack.settings.templateSecrets),
          ...(image === undefined ? {} : { nodeImage: image }),
          ...(backend === "docker" ? { nodeAccess: nodeAccessOf(stack.inputs) } : {}),
        }));
  if (parts === undefined) throw new Error(`the template of cluster ${cluster.name} was not read`);
  return parts;
};

/** Returns the resources of a cluster's class, if the stack creates the class. */
const classReady = ({ classes }: Shared, { namespace, parts }: PlannedCluster): pulumi.Resource[] =>
  hasTopology(parts) ? (classes.get(`${namespace}/${parts.topology.className}`)?.ready ?? []) : [];

/**
 * Returns arguments of the manifests for the management cluster; undefined without manifests. Clusters wait for these
 * objects, such as ClusterResourceSets, and are deleted before them.
 */
export const managementManifestsArgs = ({
  stack,
  management,
  ready,
  namespaces,
}: Shared): ExtraManifestsArgs | undefined =>
  stack.inputs.manifests.management && {
    cluster: management.handle,
    manifests: withoutRepeatedObjects(stack.inputs.manifests.management),
    after: [...ready, ...namespaces.values()],
  };

/** Returns arguments of the cluster's objects in the management cluster, and of the access to the cluster. */
export const workloadClusterArgs = (
  shared: Shared,
  cluster: PlannedCluster,
  added: ExtraManifests | undefined,
): WorkloadClusterArgs => {
  const { stack, management, ready, namespaces, images } = shared;
  const namespace = namespaces.get(cluster.namespace);
  return {
    management: management.handle,
    spec: cluster,
    parts: cluster.parts,
    running: clusterKey(cluster) in stack.inputs.running,
    savedKubeconfig: stack.inputs.savedKubeconfigs[clusterKey(cluster)],
    publishedPorts: stack.inputs.publishedPorts,
    ready: [...ready, ...(namespace ? [namespace] : []), ...(added?.running ?? []), ...classReady(shared, cluster)],
    nodeImageReady: (images.get(cluster.name) ?? []).flatMap((image) => image.ready),
    nodeAccess: nodeAccessOf(stack.inputs),
    ...(hasTopology(cluster.parts) || cluster.template !== undefined ? { hasForeignNodes: true } : {}),
  };
};

/**
 * Returns arguments of the pod network; undefined without one. Then nodes do not become Ready, and nothing waits for
 * them.
 */
export const cniArgs = (
  { stack }: Pick<Shared, "stack">,
  { cni, podCidr }: ClusterSettings,
  { access, workers }: Pick<WorkloadCluster, "access" | "workers">,
): CniArgs | undefined => {
  const manifest = stack.inputs.manifests.cni[cni];
  return access && manifest ? { cluster: access.handle, kind: cni, manifest, podCidr, workers } : undefined;
};

const rangesOf = ({ loadBalancerRange: ipv4, loadBalancerRangeIPv6: ipv6 }: ClusterSettings) => [
  ...(ipv4 ? [ipv4] : []),
  ...(ipv6 ? [ipv6] : []),
];

/** Returns arguments of MetalLB; undefined if the cluster does not choose it or has no addresses for it. */
export const metalLbArgs = (
  { stack }: Pick<Shared, "stack">,
  settings: ClusterSettings,
  { access }: Pick<WorkloadCluster, "access">,
  cni: Cni | undefined,
): MetalLbArgs | undefined => {
  const ranges = rangesOf(settings);
  if (!access || settings.loadBalancer !== "metallb" || ranges.length === 0) return undefined;
  const manifest = stack.inputs.manifests.loadBalancer;
  return { cluster: access.handle, manifest, ranges, podNetwork: cni?.running ?? [] };
};

/** Waits for the nodes of a cluster with a pod network, also of its template. After that it watches the cluster's containers. */
export const awaitNodes = (
  shared: Shared,
  settings: PlannedCluster,
  { access, machines }: WorkloadCluster,
  cni: Cni | undefined,
): ReturnType<typeof clusterReady> | undefined => {
  const { name, namespace, backend, parts, template } = settings;
  // A ClusterResourceSet of the template may install the pod network.
  const network = cni ?? (template?.facts?.bringsNetwork ? { ready: [], daemonSets: [] } : undefined);
  if (!access || !network) return undefined;
  const management = shared.management.handle;
  const workload = access.handle;
  const args = { management, workload, spec: settings, parts, machines, cni: network };
  const nodes = clusterReady(`${name}-nodes`, args, shared.stack.within);
  if (infrastructureOf(backend).onDocker) {
    // Resources do not wait for this one: it only reads the containers until a repair is needed.
    new ClusterContainers(
      `${name}-containers`,
      { cluster: name, namespace, kubeconfig: management.kubeconfigFile },
      { ...shared.stack.within, dependsOn: [nodes], ...lifecycleOptions(workload), customTimeouts: { update: "30m" } },
    );
  }
  return nodes;
};

/** Returns arguments of the manifests that the settings add; undefined without manifests. */
export const extraManifestsArgs = (
  { stack }: Shared,
  { manifests, cni: network }: PlannedCluster,
  { access, workers }: WorkloadCluster,
  { cni, metalLb }: { cni: Cni | undefined; metalLb: MetalLb | undefined },
): ExtraManifestsArgs | undefined =>
  access && manifests.length > 0
    ? {
        cluster: access.handle,
        manifests: withoutRepeatedObjects(
          [...new Set(manifests)].flatMap((location) => stack.inputs.manifests.extra[location] ?? []),
        ),
        after: [...(cni?.ready ?? []), ...workers],
        podNetwork: stack.inputs.manifests.cni[network],
        ...(metalLb ? { loadBalancer: { manifest: stack.inputs.manifests.loadBalancer, ready: metalLb.ready } } : {}),
      }
    : undefined;

/** Resources that an application waits for. */
export interface ApplicationNeeds {
  nodes: pulumi.Resource | undefined;
  metalLb: MetalLb | undefined;
  manifests: ExtraManifests | undefined;
}

/** Returns what sends the request of a host that does not reach the address: the management node, or a node of the cluster. */
const senderOf = (
  management: Management | undefined,
  { name }: ClusterSettings,
): NonNullable<ApplicationArgs["requestFrom"]> => {
  const kind = management && kindOf(management);
  return kind ? { FROM: kind.nodeName } : { CLUSTER: name };
};

/** Returns arguments of nginx behind the cluster's load balancer; undefined if the cluster has no application. */
export const applicationArgs = (
  { stack, cloudProviderKind, management }: Pick<Shared, "stack" | "cloudProviderKind"> & Partial<Shared>,
  settings: ClusterSettings,
  { access, workers }: Pick<WorkloadCluster, "access" | "workers">,
  { nodes, metalLb, manifests }: ApplicationNeeds,
): ApplicationArgs | undefined => {
  if (!access || !settings.application) return undefined;
  const ranges = rangesOf(settings);
  const within = ranges.length > 0 ? ranges : stack.subnets.list;
  const added = manifests?.running ?? [];
  // The controller of an external load balancer may be part of the manifests.
  const readyByLoadBalancer = { "cloud-provider-kind": cloudProviderKind, external: added, none: [], metallb: [] };
  return {
    cluster: access.handle,
    image: stack.settings.application.image,
    ...(settings.loadBalancer === "external" ? {} : { within, families: settings.podCidr.families }),
    // Without a pod network of the program, the manifests may install one. The same holds for a load balancer.
    podsCanRun: nodes ? [nodes] : [...workers, ...added],
    loadBalancerReady: metalLb?.ready ?? readyByLoadBalancer[settings.loadBalancer],
    ...(stack.inputs.publishedPorts ? { requestFrom: senderOf(management, settings) } : {}),
  };
};
