import * as pulumi from "@pulumi/pulumi";
import { certificateSamples, clusterApiSamples } from "../../lib/cluster/webhookSamples";
import { containerVariables, type NodeAccess } from "../../lib/cluster/nodeFiles";
import type { Manifest } from "../../lib/kubernetes/manifest";
import { type KubernetesObject, objectKey } from "../../lib/kubernetes/object";
import { withPodSecurity } from "../../lib/kubernetes/podSecurity";
import { inBothCases } from "../../lib/network/proxy";
import { providers as ownProviders } from "../../lib/providers/inventory";
import { resourceOptions, withDeletionPolicy, type ClusterHandle } from "../kubernetes/clusterHandle";
import { KubernetesResource, ManifestObjects } from "../kubernetes/manifestObjects";
import { webhookGate } from "../kubernetes/webhookGate";

/** The manifests that `clusterctl init` would install. */
export interface ProviderInstallArgs {
  cluster: ClusterHandle;
  /** Images that the providers' pods need in the node, if the node does not pull them. */
  providerImages: pulumi.Resource[];
  /** Resources that the providers wait for, so that the first seconds of the cluster are left to cert-manager. */
  after: pulumi.Resource[];
  certManager: Manifest;
  /** True if the cluster has a cert-manager that the stack does not install. @default false */
  keepsCertManager?: boolean;
  /** Cluster API's providers: core, kubeadm bootstrap, kubeadm control plane and Docker. */
  providers: Manifest[];
  /** Providers that may need the webhooks of Cluster API, in stages: each stage waits for the stage before it. */
  laterProviders: Manifest[][];
  /** One object for each webhook of a provider that is not part of Cluster API. */
  samples: KubernetesObject[];
  /** clusterctl's inventory of installed providers: its CRD and one entry per provider. */
  inventory: Manifest;
  /** What nodes need to pull images. Cluster API's Docker provider gives it to the nodes that it creates. @default - nothing */
  nodeAccess?: NodeAccess;
}

/** The controller that creates the containers of nodes. It gives them the proxy of its own environment. */
const dockerController = { namespace: ownProviders.infrastructure.namespace, deployment: "capd-controller-manager" };

/** Installs cert-manager and Cluster API's providers in the management cluster. */
export class ProviderInstall extends pulumi.ComponentResource {
  /** Webhooks that answer. Cluster API's objects wait for them. */
  public readonly ready: pulumi.Resource[];

  constructor(name: string, args: ProviderInstallArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:ProviderInstall", name, {}, opts);
    const { cluster } = args;
    const proxy = args.nodeAccess?.proxy;
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
      // Certificates of others may stay if the stack does not delete cert-manager.
      args.keepsCertManager
        ? {}
        : { kinds: ["certificates", "issuers", "clusterissuers"].map((kind) => `${kind}.cert-manager.io`) },
    );
    // All providers wait for cert-manager, so they leave the first seconds of a small machine to cert-manager.
    const later = { ...cluster, apiReady: [...cluster.apiReady, ...certManager.crds, ...args.after] };
    const install = (manifest: Manifest, after: pulumi.Resource[] = []): ManifestObjects =>
      new ManifestObjects(
        manifest.name,
        {
          cluster: { ...later, apiReady: [...later.apiReady, ...after] },
          ...manifest,
          objects: withPodSecurity(manifest.objects),
          certificatesAfter: [certificates],
          workloadsAfter: args.providerImages,
          ...(proxy === undefined
            ? {}
            : { variables: { ...dockerController, values: inBothCases(containerVariables(proxy)) } }),
        },
        { parent: this },
      );
    const providers = args.providers.map((manifest) => install(manifest));
    const webhooks = webhookGate(
      "cluster-api-webhooks",
      cluster,
      [...clusterApiSamples(), ...args.samples],
      { parent: this, dependsOn: providers.flatMap((provider) => provider.resources) },
      { kinds: ["clusters.cluster.x-k8s.io"] },
    );
    this.ready = [webhooks];
    const all = [...providers];
    for (const stage of args.laterProviders) {
      const before = [...this.ready];
      const added = stage.map((manifest) => install(manifest, before));
      all.push(...added);
      this.ready.push(...added.flatMap((provider) => provider.resources));
    }
    // Inventory entries need the providers' namespaces and their own CRD, and no resource waits for them: they go last.
    const { name: prefix, crds, objects } = args.inventory;
    const kind = new ManifestObjects(prefix, { cluster, crds, objects: [] }, { parent: this });
    for (const entry of objects) {
      new KubernetesResource(
        `${prefix}/${objectKey(entry)}`,
        withDeletionPolicy(cluster, entry),
        resourceOptions(cluster, this, [...kind.resources, ...all.flatMap((provider) => provider.namespaces)]),
      );
    }
    this.registerOutputs({});
  }
}
