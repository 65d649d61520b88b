import * as pulumi from "@pulumi/pulumi";
import { loadBalancerObjects, webhookCertificate, withEarlyController } from "../../lib/addons/metalLb";
import type { Manifest } from "../../lib/kubernetes/manifest";
import type { AddressRange } from "../../lib/network/addressRange";
import { objectKey } from "../../lib/kubernetes/object";
import { withPodSecurity } from "../../lib/kubernetes/podSecurity";
import { resourceOptions, type ClusterHandle } from "../kubernetes/clusterHandle";
import { KubernetesResource, ManifestObjects } from "../kubernetes/manifestObjects";
import { webhookGate } from "../kubernetes/webhookGate";

/** Arguments of the load balancer of a workload cluster. */
export interface MetalLbArgs {
  cluster: ClusterHandle;
  manifest: Manifest;
  /** The addresses to assign, for each family of the cluster. */
  ranges: readonly AddressRange[];
  /** Resources that the controller's pod waits for: the pod network. The speakers run in the host network. */
  podNetwork: pulumi.Resource[];
}

/**
 * Installs MetalLB in layer 2 mode with one address pool. lib/settings/ranges.ts computes the pool's ranges from the
 * settings, and `metalLbArgs` in program/workload.ts passes the ranges.
 */
export class MetalLb extends pulumi.ComponentResource {
  public readonly ready: pulumi.Resource[];

  constructor(name: string, args: MetalLbArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:MetalLb", name, {}, opts);
    const { cluster, manifest } = args;
    const pool = loadBalancerObjects(args.ranges);
    const installed = new ManifestObjects(
      name,
      {
        cluster,
        ...manifest,
        objects: withPodSecurity(withEarlyController(manifest.objects)),
        deploymentsAfter: args.podNetwork,
      },
      { parent: this },
    );
    // MetalLB refuses pools until its webhook has a certificate and a route.
    const webhook = webhookGate(
      `${name}-webhook`,
      cluster,
      pool,
      { parent: this, dependsOn: installed.resources },
      { certificate: webhookCertificate(manifest.objects) },
    );
    this.ready = pool.map(
      (object) =>
        new KubernetesResource(`${name}/${objectKey(object)}`, object, resourceOptions(cluster, this, [webhook])),
    );
    this.registerOutputs({});
  }
}
