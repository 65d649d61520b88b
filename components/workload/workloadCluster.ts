import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { clusterIdentity, type ClusterIdentity } from "../../lib/cluster/identity";
import { infrastructureOf } from "../../lib/cluster/infrastructure";
import { type ClusterParts, controlPlaneDone, type MachineOwner } from "../../lib/cluster/parts";
import type { ClusterSpec } from "../../lib/cluster/spec";
import { type KubernetesObject, objectKey, withAnnotations } from "../../lib/kubernetes/object";
import { waitForAnnotation } from "../../lib/kubernetes/waits";
import { inside, keptIn, type ClusterHandle } from "../kubernetes/clusterHandle";
import { KubernetesResource } from "../kubernetes/manifestObjects";
import { waitForApi, type ClusterAccess, workloadAccess } from "./access";

/** A cluster that Cluster API makes. */
export interface WorkloadClusterArgs {
  management: ClusterHandle;
  spec: ClusterIdentity & Pick<ClusterSpec, "name">;
  /** What it is made of. */
  parts: ClusterParts;
  /** Whether its nodes run already, so that a change of them has an order to keep. */
  running: boolean;
  /** The kubeconfig that an earlier run saved, if the Secret of the kubeconfig is missing. */
  savedKubeconfig?: string;
  /** What Cluster API's objects wait for: its webhooks, and the namespace they lie in. */
  ready: pulumi.Resource[];
  /** What machines wait for besides: the image they are made from, where the stack makes it. */
  nodeImageReady: pulumi.Resource[];
}

/** Time for machines to come or go: an image has to be unpacked and kubeadm run on each, one after the other. */
const machineTimeouts = { create: "30m", update: "60m", delete: "30m" };

const isMachineTemplate = ({ kind }: KubernetesObject): boolean => kind.endsWith("MachineTemplate");

/**
 * How owners of machines are deleted, as kubectl does: the plugin's foreground would delete what each machine is made of
 * at the same time, while the cluster cannot go without its DevCluster, nor a node be drained without its container.
 */
const inBackground = { "pulumi.com/deletionPropagationPolicy": "background" };

/** Cluster, DevCluster, KubeadmControlPlane, MachineDeployments and their templates; and the cluster's kubeconfig. */
export class WorkloadCluster extends pulumi.ComponentResource {
  /** Absent where nodes run no pods: the pretended API server answers within the management cluster only. */
  public readonly access?: ClusterAccess;
  /** Control plane and worker pools: nodes come once these exist and a CNI runs. */
  public readonly machines: pulumi.Resource[];
  /** The worker pools: what runs no pods on control plane nodes needs them. */
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

    // Cluster API neither refuses nor applies another network, and cannot move a cluster: that is another cluster.
    // Its replacement is led by a resource of its own, first deleted and then made. Led by the Cluster itself, the
    // engine would not count the Cluster as deleted and would delete its parts one by one, in no order.
    const identity = new local.Command(
      `${name}-identity`,
      {
        triggers: clusterIdentity(spec),
        // Goes after the Cluster, whose finalizer leaves nothing; where the management cluster is gone, nobody else
        // takes the containers away, and others of their names could not be made.
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
    // Others may hold the key to what the Cluster is made of: there before it, and gone after it.
    const others = parts.others.map((object) =>
      this.object(name, keptIn(management, object), inside(management, this, ready)),
    );
    // The one object that is deleted for real: its finalizer takes the containers away, so no deletedWith here.
    const cluster = this.object(name, withAnnotations(parts.cluster, inBackground), {
      ...options([identity, ...others]),
      replaceWith: [identity],
    });
    // Deleting any part on its own would drain machines one by one; all of them go with the Cluster.
    const part = (dependsOn: pulumi.Resource[] = []): pulumi.CustomResourceOptions => ({
      ...options([cluster, ...dependsOn]),
      deletedWith: cluster,
      replaceWith: [identity],
    });
    const infrastructure = this.object(name, parts.infrastructure, part());
    const made = new Map<KubernetesObject, pulumi.Resource>();
    // Pools may share a template, which then is one resource.
    const templatesOf = ({ templates }: MachineOwner): pulumi.Resource[] =>
      templates.map((object) => {
        const image = isMachineTemplate(object) ? args.nodeImageReady : [];
        const resource = made.get(object) ?? this.object(name, object, part(image));
        made.set(object, resource);
        return resource;
      });
    const templates = templatesOf(parts.controlPlane);
    const { owner } = parts.controlPlane;
    const controlPlane = this.object(
      name,
      withAnnotations(owner, { [waitForAnnotation]: JSON.stringify(controlPlaneDone(owner)) }),
      part([infrastructure, ...templates]),
    );
    const workers = parts.workers.map((pool) => {
      // A new cluster's workers are asked for at once; those of a running one follow the control plane's version.
      const before = args.running ? [controlPlane] : [];
      return this.object(name, withAnnotations(pool.owner, inBackground), part([...templatesOf(pool), ...before]));
    });

    // Once there are machines: what is younger than its start-up time is left alone anyway.
    for (const check of parts.healthChecks ?? []) this.object(name, check, part([controlPlane, ...workers]));

    this.machines = [controlPlane, ...workers];
    this.workers = workers;

    if (infrastructureOf(spec.backend).runsPods) {
      const api = waitForApi(
        name,
        { management, spec, controlPlane: owner },
        // A step, which knows no Kubernetes provider.
        { ...part([infrastructure, ...templates]), provider: undefined },
      );
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
