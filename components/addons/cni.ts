import * as pulumi from "@pulumi/pulumi";
import { withPodCidr } from "../../lib/addons/cni";
import { applyOrder } from "../../lib/kubernetes/installOrder";
import type { Manifest } from "../../lib/kubernetes/manifest";
import type { Networks } from "../../lib/network/networks";
import type { ClusterHandle } from "../kubernetes/clusterHandle";
import { ManifestObjects } from "../kubernetes/manifestObjects";

/** The pod network of a workload cluster. */
export interface CniArgs {
  cluster: ClusterHandle;
  /** A name of clusterFields.cniNames, or a manifest's location. */
  kind: string;
  manifest: Manifest;
  /** Networks of the pods' addresses, as the Cluster object states them. */
  podCidr: Networks;
  /** What brings the nodes that its Deployments may need. */
  workers: pulumi.Resource[];
}

/** Calico, or another pod network. */
export class Cni extends pulumi.ComponentResource {
  public readonly ready: pulumi.Resource[];
  /** What pods can run once it is there: the network's own pods on the nodes that are there. */
  public readonly running: pulumi.Resource[];
  /** `namespace/name` of the DaemonSets that bring the network to each node. */
  public readonly daemonSets: string[];

  constructor(name: string, args: CniArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:Cni", name, {}, opts);
    const objects = withPodCidr(args.manifest.objects, args.kind, args.podCidr);
    const installed = new ManifestObjects(
      name,
      { cluster: args.cluster, crds: args.manifest.crds, objects, deploymentsAfter: args.workers, podNetwork: true },
      { parent: this },
    );
    this.ready = installed.resources;
    this.running = installed.daemonSets;
    this.daemonSets = applyOrder(objects).daemonSets.map(
      ({ metadata }) => `${metadata.namespace ?? "default"}/${metadata.name}`,
    );
    this.registerOutputs({});
  }
}
