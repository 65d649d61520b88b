import * as pulumi from "@pulumi/pulumi";
import { withPodCidr } from "../lib/cni";
import type { Manifest } from "../lib/manifest";
import type { ClusterHandle } from "./clusterHandle";
import { ManifestObjects } from "./manifestObjects";

/** The pod network of a workload cluster. */
export interface CniArgs {
  cluster: ClusterHandle;
  /** A name of clusterFields.cniNames, or a manifest's location. */
  kind: string;
  manifest: Manifest;
  /** Range of the pods' addresses, as the Cluster object states it. */
  podCidr: string;
}

/** Calico, or another pod network. */
export class Cni extends pulumi.ComponentResource {
  public readonly ready: pulumi.Resource[];

  constructor(name: string, args: CniArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:Cni", name, {}, opts);
    const objects = withPodCidr(args.manifest.objects, args.kind, args.podCidr);
    this.ready = new ManifestObjects(
      name,
      { cluster: args.cluster, crds: args.manifest.crds, objects },
      { parent: this },
    ).resources;
    this.registerOutputs({});
  }
}
