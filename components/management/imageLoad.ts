import * as pulumi from "@pulumi/pulumi";
import { NodeImages } from "../../provider/kind";

/** Images of the host's Docker that a kind node is to have. */
export interface ImageLoadArgs {
  /** Name of the node's container. */
  node: string;
  /** Id of the node's container: a new node gets its images anew. */
  nodeId: pulumi.Input<string>;
  /** Content id by image reference: another id under the same tag is loaded again. */
  images: Record<string, pulumi.Input<string>>;
  /** What takes the node away. */
  lifetime: pulumi.Resource;
  /** What to wait for besides. */
  after: pulumi.Resource[];
}

/** Loads images into a kind node, as one archive. */
export class ImageLoad extends pulumi.ComponentResource {
  /** What pods that use the images wait for. */
  public readonly ready: pulumi.Resource[];

  constructor(name: string, args: ImageLoadArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:ImageLoad", name, {}, opts);
    const { node, nodeId, images } = args;
    const options = { deletedWith: args.lifetime, dependsOn: args.after };
    const customTimeouts = { create: "20m", update: "20m" };
    this.ready =
      Object.keys(images).length === 0
        ? []
        : [new NodeImages(name, { node, nodeId, images }, { parent: this, ...options, customTimeouts })];
    this.registerOutputs({});
  }
}
