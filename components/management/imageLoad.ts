import * as pulumi from "@pulumi/pulumi";
import { NodeImages } from "../../provider/kind";

/**
 * Arguments of an image load: a kind node, and the images that it gets from the host's Docker. Pods on the node need
 * these images.
 */
export interface ImageLoadArgs {
  /** Name of the node's container. */
  node: string;
  /** Id of the node's container. A new node gets all images again. */
  nodeId: pulumi.Input<string>;
  /** Content id by image reference. Another id under the same tag is loaded again. */
  images: Record<string, pulumi.Input<string>>;
  /** Resource whose deletion deletes the node. */
  lifetime: pulumi.Resource;
  /** Further dependencies of the load. */
  after: pulumi.Resource[];
}

/** Loads images into a kind node, as one archive. */
export class ImageLoad extends pulumi.ComponentResource {
  /** Resources that pods with these images wait for. */
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
