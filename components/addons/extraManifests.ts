import * as pulumi from "@pulumi/pulumi";
import { certificateSamples, rehearsalInPlace } from "../../lib/cluster/webhookSamples";
import { type GatePart, installPlan, loadBalancerPart, runningPart } from "../../lib/kubernetes/installPlan";
import type { Manifest } from "../../lib/kubernetes/manifest";
import { type KubernetesObject, objectKey } from "../../lib/kubernetes/object";
import type { ClusterHandle } from "../kubernetes/clusterHandle";
import { ManifestObjects, objectResource } from "../kubernetes/manifestObjects";
import { webhookGate } from "../kubernetes/webhookGate";

/** Arguments of the manifests that a user adds to a workload cluster. */
export interface ExtraManifestsArgs {
  cluster: ClusterHandle;
  /** Manifests, each named by its location. */
  manifests: Manifest[];
  /** Resources that all manifests wait for: the pod network and the nodes, without which no workload becomes ready. */
  after: pulumi.Resource[];
  /** MetalLB, if Slipway installs it: users' pools wait until its webhook answers. */
  loadBalancer?: { manifest: Manifest; ready: pulumi.Resource[] };
  /** Manifest of the pod network, if Slipway installs it. */
  podNetwork?: Manifest | undefined;
}

/**
 * Installs the manifests from the settings after all resources of the program that pods need. The order follows from
 * all manifests together: lib/kubernetes/installPlan.ts.
 */
export class ExtraManifests extends pulumi.ComponentResource {
  /** All resources but Ingresses, which wait for pods of other manifests. */
  public readonly running: pulumi.Resource[];

  constructor(name: string, args: ExtraManifestsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:ExtraManifests", name, {}, opts);
    const cluster = { ...args.cluster, apiReady: [...args.cluster.apiReady, ...args.after] };
    const files = args.manifests.map((manifest) => {
      const prefix = `${name}/${manifest.name}`;
      const crds = { cluster, crds: manifest.crds, objects: [] };
      return {
        prefix,
        kinds: new ManifestObjects(`${prefix}/kinds`, crds, { parent: this }),
        group: new ManifestGroup(prefix, this),
      };
    });
    const groups = new Map<string, pulumi.Resource[]>([[loadBalancerPart, args.loadBalancer?.ready ?? []]]);
    const groupOf = (part: string): pulumi.Resource[] => groups.get(part) ?? [];
    for (const part of installPlan(args.manifests, args.loadBalancer?.manifest, args.podNetwork)) {
      const { prefix, kinds, group } = files[part.file]!;
      const dependsOn = [...new Set(part.after.flatMap(groupOf))];
      // An object keeps its resource if it moves to another file, or if an earlier file defines it too.
      const otherFiles = files.filter((file) => file.prefix !== prefix).map((file) => file.prefix);
      const nameIn = (file: string, object: KubernetesObject): string => `${file}/${objectKey(object)}`;
      const created =
        part.type === "crds"
          ? kinds.resources
          : part.type === "gate"
            ? [this.gate(prefix, cluster, part, dependsOn)]
            : [
                objectResource(nameIn(prefix, part.object), cluster, part.object, group, dependsOn, {
                  formerNames: otherFiles.map((file) => nameIn(file, part.object)),
                }),
              ];
      for (const member of part.names) groups.set(member, [...groupOf(member), ...created]);
    }
    for (const { group } of files) group.close();
    this.running = groupOf(runningPart);
    this.registerOutputs({});
  }

  private gate(prefix: string, cluster: ClusterHandle, part: GatePart, after: pulumi.Resource[]): pulumi.Resource {
    const samples = part.samples?.map(rehearsalInPlace) ?? certificateSamples();
    const dependsOn = [...cluster.apiReady, ...after];
    return webhookGate(`${prefix}/${part.name}`, cluster, samples, { parent: this, dependsOn });
  }
}

/** The parent of the objects of one manifest. */
class ManifestGroup extends pulumi.ComponentResource {
  constructor(name: string, parent: pulumi.Resource) {
    super("slipway:index:ManifestObjects", name, {}, { parent });
  }

  /** Reports that the group has all of its objects. */
  close(): void {
    this.registerOutputs({});
  }
}
