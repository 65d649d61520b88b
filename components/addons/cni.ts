import * as pulumi from "@pulumi/pulumi";
import { withPodCidr } from "../../lib/addons/cni";
import { applyOrder } from "../../lib/kubernetes/installOrder";
import type { Manifest } from "../../lib/kubernetes/manifest";
import type { Networks } from "../../lib/network/networks";
import type { ClusterHandle } from "../kubernetes/clusterHandle";
import { ManifestObjects } from "../kubernetes/manifestObjects";

/** Arguments of a workload cluster's pod network. */
export interface CniArgs {
  cluster: ClusterHandle;
  /** One of `cniNames`, such as `calico`, or the URL or path of a manifest. */
  kind: string;
  manifest: Manifest;
  /** Pod networks, as the Cluster object states them. */
  podCidr: Networks;
  /** Worker pools whose nodes the network's Deployments may need. */
  workers: pulumi.Resource[];
}

/** Installs Calico or another pod network. */
export class Cni extends pulumi.ComponentResource {
  public readonly ready: pulumi.Resource[];
  /** Resources after which pods can run: the network's own DaemonSets are rolled out on the existing nodes. */
  public readonly running: pulumi.Resource[];
  /** `namespace/name` of the DaemonSets that install the network on each node. */
  public readonly daemonSets: string[];

  constructor(name: string, args: CniArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:Cni", name, {}, opts);
    const objects = withPodCidr(args.manifest.objects, args.kind, args.podCidr);
    const installed = new ManifestObjects(
      name,
      {
        cluster: args.cluster,
        ...args.manifest,
        objects,
        deploymentsAfter: args.workers,
        podNetwork: true,
      },
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
