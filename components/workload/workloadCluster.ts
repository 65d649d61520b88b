import * as pulumi from "@pulumi/pulumi";
import { clusterIdentity, type ClusterIdentity } from "../../lib/cluster/identity";
import { withClassChecksum } from "../../lib/cluster/class/topology";
import { infrastructureOf } from "../../lib/cluster/infrastructure";
import {
  type ClusterParts,
  controlPlaneDone,
  hasTopology,
  type MachineOwner,
  type OwnerParts,
  topologyDone,
} from "../../lib/cluster/parts";
import type { NodeAccess } from "../../lib/cluster/nodeFiles";
import type { ClusterSpec } from "../../lib/cluster/spec";
import { type KubernetesObject, objectKey, withAnnotations } from "../../lib/kubernetes/object";
import { waitForAnnotation } from "../../lib/kubernetes/waits";
import { resourceOptions, withDeletionPolicy, type ClusterHandle } from "../kubernetes/clusterHandle";
import { KubernetesResource } from "../kubernetes/manifestObjects";
import { configureNodes } from "../kubernetes/nodeFiles";
import { createStep } from "../kubernetes/step";
import { topologyReady } from "./topologyReady";
import { waitForApi, type ClusterAccess, type PublishedPorts, workloadAccess } from "./access";

/** A cluster that Cluster API creates. */
export interface WorkloadClusterArgs {
  management: ClusterHandle;
  spec: ClusterIdentity & Pick<ClusterSpec, "name">;
  /** The objects that the cluster consists of. */
  parts: ClusterParts;
  /** Whether the cluster's nodes run already. Then a change of the nodes has to keep an order. */
  running: boolean;
  /** Kubeconfig that an earlier run saved; present if the kubeconfig Secret is missing. */
  savedKubeconfig?: string;
  publishedPorts?: PublishedPorts | undefined;
  /** Resources that Cluster API's objects wait for: its webhooks, and the namespace of the objects. */
  ready: pulumi.Resource[];
  /** Further dependencies of machines: the node image, if the stack builds it. */
  nodeImageReady: pulumi.Resource[];
  /** What nodes in this machine's Docker need to pull images. @default - nothing */
  nodeAccess?: NodeAccess;
  /** True if a template or a class of the user defines the nodes, so that new nodes get no files. @default false */
  hasForeignNodes?: boolean;
}

/** What creates the machines of a cluster, as resources. */
interface Machines {
  /** Resource that is complete when the control plane is. */
  controlPlane: pulumi.Resource;
  /** Resources after which worker nodes appear. */
  workers: pulumi.Resource[];
  all: pulumi.Resource[];
  /** Object without which no API ever answers. */
  controlPlaneObject: KubernetesObject;
  /** Resources that exist before the wait for the API. */
  beforeApi: pulumi.Resource[];
}

/** Time limits for machines. Each machine has to unpack an image and run kubeadm, one machine after the other. */
const machineTimeouts = { create: "30m", update: "60m", delete: "30m" };

/** Returns true for the infrastructure of a MachinePool, which changes in place. Templates are immutable. */
const isMachinePool = ({ kind }: KubernetesObject): boolean => kind.endsWith("MachinePool");

const hasNodeImage = (object: KubernetesObject): boolean =>
  object.kind.endsWith("MachineTemplate") || isMachinePool(object);

/** Returns the wait of a Cluster with a class and without pods; nothing for other clusters. */
const topologyWait = ({ parts, spec }: WorkloadClusterArgs): Record<string, string> =>
  hasTopology(parts) && !infrastructureOf(spec.backend).runsPods
    ? { [waitForAnnotation]: JSON.stringify(topologyDone) }
    : {};

/**
 * Returns the Cluster for Pulumi. A preview asks Cluster API about a changed Cluster, and Cluster API checks it against the
 * present class. If the class changes in the same run, an unknown value makes the preview leave out this question.
 */
const clusterObject = (parts: ClusterParts): KubernetesObject =>
  hasTopology(parts) && parts.topology.isClassChanging && pulumi.runtime.isDryRun()
    ? withClassChecksum(parts.cluster, pulumi.unknown)
    : parts.cluster;

/**
 * Deletes owners of machines in the background, as kubectl does. Foreground deletion would delete the parts of each
 * machine at the same time. But the cluster cannot be deleted without its DevCluster, nor can a node be drained without
 * its container.
 */
const inBackground = { "pulumi.com/deletionPropagationPolicy": "background" };

/**
 * Creates Cluster, DevCluster, KubeadmControlPlane, MachineDeployments and MachinePools with their templates, and reads the
 * cluster's kubeconfig.
 */
export class WorkloadCluster extends pulumi.ComponentResource {
  /**
   * Absent for the in-memory backend: its nodes run no pods, and its API server answers only inside the management
   * cluster.
   */
  public readonly access?: ClusterAccess;
  /** Control plane and worker pools. Nodes appear once these exist and a CNI runs. */
  public readonly machines: pulumi.Resource[];
  /** Worker pools. Workloads that cannot run on control plane nodes need them. */
  public readonly workers: pulumi.Resource[];

  constructor(name: string, args: WorkloadClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:WorkloadCluster", name, {}, opts);
    const { management, spec, parts } = args;
    const ready = [...management.apiReady, ...args.ready];
    const options = (dependsOn: pulumi.Resource[]): pulumi.CustomResourceOptions => ({
      parent: this,
      provider: management.provider,
      dependsOn: [...ready, ...dependsOn],
      customTimeouts: machineTimeouts,
    });

    // Cluster API neither rejects nor applies another network, and cannot move a cluster: such a change needs a new
    // cluster.
    // A separate resource leads the replacement, deleted first and then created. If the Cluster itself led it, the
    // engine would not count the Cluster as deleted. Then the engine would delete the Cluster's parts one by one in any
    // order.
    const identity = createStep(
      `${name}-identity`,
      {
        triggers: clusterIdentity(spec, parts),
        // This runs after the Cluster's deletion, whose finalizer removes all containers. If the management cluster is
        // gone, only this step removes the containers, and new containers of these names cannot be created before.
        ...(infrastructureOf(spec.backend).onDocker
          ? { delete: "steps/containers-delete", environment: { CLUSTER: spec.name } }
          : {}),
      },
      {
        parent: this,
        dependsOn: [...ready, management.provider],
        deleteBeforeReplace: true,
        replaceWith: management.identity ? [management.identity] : [],
      },
    );
    // Other objects may hold credentials for the Cluster's parts, so they exist before the Cluster and outlive it.
    const supporting = parts.supporting.map((object) =>
      this.object(name, withDeletionPolicy(management, object), resourceOptions(management, this, ready)),
    );
    // This object is really deleted: its finalizer removes the containers, so deletedWith is not set.
    const cluster = this.object(
      name,
      withAnnotations(clusterObject(parts), { ...inBackground, ...topologyWait(args) }),
      {
        // Only a class creates machines as soon as the Cluster exists.
        ...options([identity, ...supporting, ...(hasTopology(parts) ? args.nodeImageReady : [])]),
        replaceWith: [identity],
      },
    );
    // The deletion of a single part would drain machines one by one; all parts are deleted with the Cluster.
    const part = (dependsOn: pulumi.Resource[] = []): pulumi.CustomResourceOptions => ({
      ...options([cluster, ...dependsOn]),
      deletedWith: cluster,
      replaceWith: [identity],
    });
    const machines = hasTopology(parts)
      ? this.topologyMachines(name, args, cluster, part)
      : this.ownedMachines(name, args, parts, part);
    this.machines = machines.all;
    this.workers = machines.workers;

    if (infrastructureOf(spec.backend).runsPods) {
      const api = waitForApi(
        name,
        { management, spec, controlPlane: machines.controlPlaneObject, publishedPorts: args.publishedPorts },
        // A step does not take a Kubernetes provider.
        { ...part(machines.beforeApi), provider: undefined },
      );
      const nodeFiles = infrastructureOf(spec.backend).onDocker
        ? configureNodes(
            name,
            {
              cluster: spec.name,
              access: args.nodeAccess ?? {},
              ...(args.hasForeignNodes ? { nodes: parts.nodes } : {}),
            },
            { ...part([api]), provider: undefined },
          )
        : [];
      // Nodes that wait for contents would never come if contents waited for the nodes.
      // Contents of a running cluster change after its control plane. Contents of a new cluster start as soon as its
      // API answers.
      const apiReady = [
        api,
        ...(args.running ? [machines.controlPlane] : []),
        ...(args.hasForeignNodes ? [] : nodeFiles),
      ];
      this.access = workloadAccess(name, { ...args, api, apiReady, lifecycle: { lifetime: cluster, identity } }, this);
    }
    this.registerOutputs({});
  }

  /** Creates the objects from which machines come, for a cluster that names them itself. */
  private ownedMachines(
    name: string,
    args: WorkloadClusterArgs,
    parts: OwnerParts,
    part: (dependsOn?: pulumi.Resource[]) => pulumi.CustomResourceOptions,
  ): Machines {
    // One object may be infrastructure and control plane. It is then one resource, which the cluster's parts wait for.
    const infrastructure =
      parts.infrastructure === parts.controlPlane.owner ? [] : [this.object(name, parts.infrastructure, part())];
    const created = new Map<KubernetesObject, pulumi.Resource>();
    // Pools may share a template, which is then one resource.
    const templatesOf = ({ templates }: MachineOwner, before: pulumi.Resource[] = []): pulumi.Resource[] =>
      templates.map((object) => {
        const image = hasNodeImage(object) ? args.nodeImageReady : [];
        const after = isMachinePool(object) ? before : [];
        const resource = created.get(object) ?? this.object(name, object, part([...image, ...after]));
        created.set(object, resource);
        return resource;
      });
    const templates = templatesOf(parts.controlPlane);
    const { owner } = parts.controlPlane;
    const controlPlane = this.object(
      name,
      withAnnotations(owner, { [waitForAnnotation]: JSON.stringify(controlPlaneDone(owner)) }),
      part([...infrastructure, ...templates]),
    );
    const workers = parts.workers.map((pool) => {
      // Workers of a new cluster are created at once; those of a running cluster follow the control plane's version.
      const before = args.running ? [controlPlane] : [];
      return this.object(
        name,
        withAnnotations(pool.owner, inBackground),
        part([...templatesOf(pool, before), ...before]),
      );
    });

    // Created after the machines: a health check ignores machines that are younger than its start-up time anyway.
    for (const check of parts.healthChecks ?? []) this.object(name, check, part([controlPlane, ...workers]));

    return {
      controlPlane,
      workers,
      all: [controlPlane, ...workers],
      controlPlaneObject: owner,
      beforeApi: [...infrastructure, ...templates],
    };
  }

  /** Waits for the machines that Cluster API creates from a cluster's class. */
  private topologyMachines(
    name: string,
    { management, spec, parts, nodeImageReady }: WorkloadClusterArgs,
    cluster: pulumi.Resource,
    part: (dependsOn?: pulumi.Resource[]) => pulumi.CustomResourceOptions,
  ): Machines {
    // The Cluster of simulated machines waits itself: a step for each of many clusters would take much memory.
    if (!infrastructureOf(spec.backend).runsPods) {
      return {
        controlPlane: cluster,
        workers: [cluster],
        all: [cluster],
        controlPlaneObject: parts.cluster,
        beforeApi: [],
      };
    }
    const rolled = topologyReady(name, { management, spec, parts }, { ...part(nodeImageReady), provider: undefined });
    // The Cluster is enough for the machines to come, so contents of a new cluster need not wait for the control plane.
    return {
      controlPlane: rolled,
      workers: [cluster],
      all: [rolled],
      controlPlaneObject: parts.cluster,
      beforeApi: [],
    };
  }

  private object(name: string, object: KubernetesObject, opts: pulumi.CustomResourceOptions): KubernetesResource {
    return new KubernetesResource(`${name}/${objectKey(object)}`, object, opts);
  }
}
