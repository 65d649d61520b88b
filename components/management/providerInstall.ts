import * as pulumi from "@pulumi/pulumi";
import { certificateSamples, clusterApiSamples } from "../../lib/cluster/webhookSamples";
import type { Manifest } from "../../lib/kubernetes/manifest";
import { type KubernetesObject, objectKey } from "../../lib/kubernetes/object";
import { withPodSecurity } from "../../lib/kubernetes/podSecurity";
import { inside, keptIn, type ClusterHandle } from "../kubernetes/clusterHandle";
import { KubernetesResource, ManifestObjects } from "../kubernetes/manifestObjects";
import { webhookGate } from "../kubernetes/webhookGate";

/** What `clusterctl init` would install, as resources. */
export interface ProviderInstallArgs {
  cluster: ClusterHandle;
  /** Images the providers' pods need in the node, where they are not pulled. */
  providerImages: pulumi.Resource[];
  /** What the providers leave the cluster's first seconds to. */
  after: pulumi.Resource[];
  certManager: Manifest;
  /** Cluster API's providers: core, kubeadm bootstrap, kubeadm control plane, docker. */
  providers: Manifest[];
  /** An object for each webhook of a provider that is not Cluster API's own. */
  samples: KubernetesObject[];
  /** clusterctl's list of what is installed: its CRD and one entry a provider. */
  inventory: Manifest;
}

/** cert-manager and Cluster API's providers in the management cluster. */
export class ProviderInstall extends pulumi.ComponentResource {
  /** Webhooks that answer: what Cluster API's objects wait for. */
  public readonly ready: pulumi.Resource[];

  constructor(name: string, args: ProviderInstallArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:ProviderInstall", name, {}, opts);
    const { cluster } = args;
    const certManager = new ManifestObjects(
      "cert-manager",
      { cluster, ...args.certManager, objects: withPodSecurity(args.certManager.objects) },
      { parent: this },
    );
    const certificates = webhookGate(
      "cert-manager-webhook",
      cluster,
      certificateSamples(),
      { parent: this, dependsOn: certManager.resources },
      { kinds: ["certificates", "issuers", "clusterissuers"].map((kind) => `${kind}.cert-manager.io`) },
    );
    // Everything waits for cert-manager, so the providers leave it the first seconds of a small machine to itself.
    const later = { ...cluster, apiReady: [...cluster.apiReady, ...certManager.crds, ...args.after] };
    const providers = args.providers.map(
      (manifest) =>
        new ManifestObjects(
          manifest.name,
          {
            cluster: later,
            ...manifest,
            objects: withPodSecurity(manifest.objects),
            certificatesAfter: [certificates],
            workloadsAfter: args.providerImages,
          },
          { parent: this },
        ),
    );
    const webhooks = webhookGate(
      "cluster-api-webhooks",
      cluster,
      [...clusterApiSamples(), ...args.samples],
      { parent: this, dependsOn: providers.flatMap((provider) => provider.resources) },
      { kinds: ["clusters.cluster.x-k8s.io"] },
    );
    // Entries lie in the providers' namespaces and are of a kind of their own manifest: last, and waited for by nobody.
    const { name: prefix, crds, objects } = args.inventory;
    const kind = new ManifestObjects(prefix, { cluster, crds, objects: [] }, { parent: this });
    for (const entry of objects) {
      new KubernetesResource(
        `${prefix}/${objectKey(entry)}`,
        keptIn(cluster, entry),
        inside(cluster, this, [...kind.resources, ...providers.flatMap((provider) => provider.namespaces)]),
      );
    }
    this.ready = [webhooks];
    this.registerOutputs({});
  }
}
