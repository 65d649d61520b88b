import * as pulumi from "@pulumi/pulumi";
import { certificateSamples } from "../../lib/cluster/webhookSamples";
import { bringsCertManager, usesCertManager } from "../../lib/kubernetes/certManager";
import type { Manifest } from "../../lib/kubernetes/manifest";
import type { ClusterHandle } from "../kubernetes/clusterHandle";
import { ManifestObjects, type ManifestObjectsArgs } from "../kubernetes/manifestObjects";
import { webhookGate } from "../kubernetes/webhookGate";

/** What a user adds to a workload cluster. */
export interface ExtraManifestsArgs {
  cluster: ClusterHandle;
  /** Each named by its location. */
  manifests: Manifest[];
  /** What all of it waits for: the pod network and the nodes, without which nothing that runs would become ready. */
  after: pulumi.Resource[];
}

/** Manifests that the settings name, after everything of the program's own that pods need. */
export class ExtraManifests extends pulumi.ComponentResource {
  /** All but Ingresses, which wait for pods of others. */
  public readonly running: pulumi.Resource[] = [];

  constructor(name: string, args: ExtraManifestsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:ExtraManifests", name, {}, opts);
    // What brings cert-manager goes first, since certificates of all manifests wait for cert-manager.
    const bringers = args.manifests.filter(bringsCertManager);
    const certManager = bringers.flatMap((manifest) => this.install(name, args, manifest, []));
    for (const manifest of args.manifests) {
      if (!bringers.includes(manifest)) this.install(name, args, manifest, certManager);
    }
    this.registerOutputs({});
  }

  /** Gives what runs of the manifest. */
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
    const kinds = new ManifestObjects(
      `${prefix}/kinds`,
      { cluster: after(args.after), crds: manifest.crds, objects: [] },
      { parent: this },
    );
    // A manifest may hold objects of the very kinds it defines.
    const cluster = after([...args.after, ...kinds.resources]);
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

  /** Adds a gate if a manifest has both cert-manager and certificates: the webhook answers some time after its pod. */
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
