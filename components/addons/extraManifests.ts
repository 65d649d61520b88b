import * as pulumi from "@pulumi/pulumi";
import { certificateSamples } from "../../lib/cluster/webhookSamples";
import { bringsCertManager, usesCertManager } from "../../lib/kubernetes/certManager";
import type { Manifest } from "../../lib/kubernetes/manifest";
import type { ClusterHandle } from "../kubernetes/clusterHandle";
import { ManifestObjects, type ManifestObjectsArgs } from "../kubernetes/manifestObjects";
import { webhookGate } from "../kubernetes/webhookGate";

/** Arguments of the manifests that a user adds to a workload cluster. */
export interface ExtraManifestsArgs {
  cluster: ClusterHandle;
  /** Manifests, each named by its location. */
  manifests: Manifest[];
  /** Resources that all manifests wait for: the pod network and the nodes, without which no workload becomes ready. */
  after: pulumi.Resource[];
}

/** Installs the manifests from the settings after all resources of the program that pods need. */
export class ExtraManifests extends pulumi.ComponentResource {
  /** All resources but Ingresses, which wait for pods of other manifests. */
  public readonly running: pulumi.Resource[] = [];

  constructor(name: string, args: ExtraManifestsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:ExtraManifests", name, {}, opts);
    // Manifests that install cert-manager go first, since the certificates of all manifests wait for cert-manager.
    const bringers = args.manifests.filter(bringsCertManager);
    const certManager = bringers.flatMap((manifest) => this.install(name, args, manifest, []));
    for (const manifest of args.manifests) {
      if (!bringers.includes(manifest)) this.install(name, args, manifest, certManager);
    }
    this.registerOutputs({});
  }

  /** Returns the resources that run the pods of the manifest. */
  private install(
    name: string,
    args: ExtraManifestsArgs,
    manifest: Manifest,
    certManager: pulumi.Resource[],
  ): pulumi.Resource[] {
    const prefix = `${name}/${manifest.name}`;
    const after = (resources: pulumi.Resource[]): ClusterHandle => ({
      ...args.cluster,
      apiReady: [...args.cluster.apiReady, ...resources],
    });
    const crds = new ManifestObjects(
      `${prefix}/kinds`,
      { cluster: after(args.after), crds: manifest.crds, objects: [] },
      { parent: this },
    );
    // A manifest may contain objects whose CRDs the manifest defines.
    const cluster = after([...args.after, ...crds.resources]);
    const installed = new ManifestObjects(
      prefix,
      {
        cluster,
        crds: [],
        objects: manifest.objects,
        certificatesAfter: certManager,
        ...this.ownCertManager(prefix, cluster, manifest),
      },
      { parent: this },
    );
    this.running.push(...installed.running);
    return installed.running;
  }

  /**
   * Adds a gate for a manifest with both cert-manager and certificates: the webhook answers some time after its pod is
   * ready.
   */
  private ownCertManager(
    prefix: string,
    cluster: ClusterHandle,
    manifest: Manifest,
  ): Pick<ManifestObjectsArgs, "certManagerAnswers"> {
    if (!bringsCertManager(manifest) || !usesCertManager(manifest)) return {};
    return {
      certManagerAnswers: (running) => [
        webhookGate(`${prefix}/cert-manager-webhook`, cluster, certificateSamples(), {
          parent: this,
          dependsOn: [...cluster.apiReady, ...running],
        }),
      ],
    };
  }
}
