import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { clusterIdentity } from "../lib/clusterIdentity";
import { clusterObjects, type ClusterSpec } from "../lib/clusterObjects";
import { infrastructureOf } from "../lib/infrastructure/infrastructure";
import { type KubernetesObject, objectKey, withAnnotations } from "../lib/manifests";
import { waitForAnnotation } from "../lib/rollout";
import type { ClusterHandle } from "./clusterHandle";
import { KubernetesResource } from "./manifestObjects";
import { waitForApi } from "./waitForApi";
import { type ClusterAccess, workloadAccess } from "./workloadAccess";

/** A cluster that Cluster API makes. */
export interface WorkloadClusterArgs {
  management: ClusterHandle;
  spec: ClusterSpec;
  /** Whether its nodes run already, so that a change of them has an order to keep. */
  running: boolean;
  /** What Cluster API's objects wait for: its webhooks, and the namespace they lie in. */
  ready: pulumi.Resource[];
  /** What machines wait for besides: the image they are made from, where the stack makes it. */
  nodeImageReady: pulumi.Resource[];
}

/** Time for machines to come or go: an image has to be unpacked and kubeadm run on each, one after the other. */
const machineTimeouts = { create: "30m", update: "60m", delete: "30m" };

/**
 * When the control plane is done. Initialized is the first moment at which the API answers; Ready would wait for a CNI
 * that needs the API. An upgrade is done when no machine of the old sort is left, which a new cluster has none of.
 */
const controlPlaneDone = ["condition=Initialized", "condition=RollingOut=False"];

/** Cluster, DevCluster, KubeadmControlPlane, MachineDeployments and their templates; and the cluster's kubeconfig. */
export class WorkloadCluster extends pulumi.ComponentResource {
  /** Absent where nodes run no pods: the pretended API server answers within the management cluster only. */
  public readonly access?: ClusterAccess;
  /** Control plane and worker pools: nodes come once these exist and a CNI runs. */
  public readonly machines: pulumi.Resource[];

  constructor(name: string, args: WorkloadClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:WorkloadCluster", name, {}, opts);
    const { management, spec } = args;
    const objects = clusterObjects(spec);
    const ready = [...management.apiReady, ...args.ready];
    const options = (dependsOn: pulumi.Resource[]): pulumi.CustomResourceOptions => ({
      parent: this,
      provider: management.provider,
      dependsOn: [...ready, ...dependsOn],
      customTimeouts: machineTimeouts,
    });

    // Cluster API neither refuses nor applies another network, and cannot move a cluster: that is another cluster.
    // Its replacement is led by a resource of its own, first deleted and then made. Led by the Cluster itself, the
    // engine would not count the Cluster as deleted and would delete its parts one by one, in no order.
    const identity = new local.Command(
      `${name}-identity`,
      { triggers: clusterIdentity(spec) },
      {
        parent: this,
        dependsOn: [...ready, management.provider],
        deleteBeforeReplace: true,
        replaceWith: management.identity ? [management.identity] : [],
      },
    );
    // The one object that is deleted for real: its finalizer takes the containers away, so no deletedWith here.
    // In the background, as kubectl does: the plugin's foreground would delete the DevCluster at once, and machines
    // cannot go without theirs.
    const cluster = this.object(
      name,
      withAnnotations(objects.cluster, { "pulumi.com/deletionPropagationPolicy": "background" }),
      { ...options([identity]), replaceWith: [identity] },
    );
    // Deleting any part on its own would drain machines one by one; all of them go with the Cluster.
    const part = (dependsOn: pulumi.Resource[] = []): pulumi.CustomResourceOptions => ({
      ...options([cluster, ...dependsOn]),
      deletedWith: cluster,
      replaceWith: [identity],
    });
    const infrastructure = this.object(name, objects.infrastructureCluster, part());
    const template = this.object(name, objects.controlPlaneTemplate, part(args.nodeImageReady));
    const controlPlane = this.object(
      name,
      withAnnotations(objects.controlPlane, { [waitForAnnotation]: JSON.stringify(controlPlaneDone) }),
      part([infrastructure, template]),
    );
    const workers = objects.workers.map((pool) => {
      const machineTemplate = this.object(name, pool.machineTemplate, part(args.nodeImageReady));
      const bootstrapTemplate = this.object(name, pool.bootstrapTemplate, part());
      // A new cluster's workers are asked for at once; those of a running one follow the control plane's version.
      const before = args.running ? [controlPlane] : [];
      return this.object(name, pool.deployment, part([machineTemplate, bootstrapTemplate, ...before]));
    });

    this.machines = [controlPlane, ...workers];

    if (infrastructureOf(spec.backend).runsPods) {
      const { provider: _, ...after } = part([infrastructure, template]);
      const api = waitForApi(name, { management, spec, controlPlane: objects.controlPlane }, after);
      // A running cluster's contents change once its control plane has; a new one's begin as soon as its API answers.
      const apiReady = args.running ? [api, controlPlane] : [api];
      this.access = workloadAccess(name, { ...args, api, apiReady, life: { lifetime: cluster, identity } }, this);
    }
    this.registerOutputs({});
  }

  private object(name: string, object: KubernetesObject, opts: pulumi.CustomResourceOptions): KubernetesResource {
    return new KubernetesResource(`${name}/${objectKey(object)}`, object, opts);
  }
}
