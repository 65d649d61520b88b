import * as pulumi from "@pulumi/pulumi";
import type { Manifest } from "../lib/manifest";
import type { ClusterHandle } from "./clusterHandle";
import { ManifestObjects } from "./manifestObjects";

/** What a user adds to a workload cluster. */
export interface ExtraManifestsArgs {
  cluster: ClusterHandle;
  /** Each named by its location. */
  manifests: Manifest[];
  /** What all of it waits for: the pod network, without which nothing that runs would become ready. */
  after: pulumi.Resource[];
}

/** Manifests that the settings name, after everything of the program's own that pods need. */
export class ExtraManifests extends pulumi.ComponentResource {
  constructor(name: string, args: ExtraManifestsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:ExtraManifests", name, {}, opts);
    for (const manifest of args.manifests) {
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
      new ManifestObjects(
        prefix,
        { cluster: after([...args.after, ...kinds.resources]), crds: [], objects: manifest.objects },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }
}
