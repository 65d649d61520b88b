import * as pulumi from "@pulumi/pulumi";
import type { NodeImageRecipe } from "../../lib/kubernetes/images";
import { BuiltNodeImage } from "../../provider/kind";

/**
 * A node image that holds the images its nodes cannot pull. Every node has them from its start, whenever it is made,
 * without Cluster API loading each into each before kubeadm. Kept at destroy, as an image that was pulled would be.
 */
export class NodeImage extends pulumi.ComponentResource {
  public readonly image: string;
  /** What machines that are made from it wait for. */
  public readonly ready: pulumi.Resource[];

  constructor(name: string, recipe: NodeImageRecipe, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:NodeImage", name, {}, opts);
    this.image = recipe.image;
    this.ready = [
      new BuiltNodeImage(
        name,
        { image: recipe.image, base: recipe.base, baseId: recipe.baseId, images: { ...recipe.images } },
        { parent: this, customTimeouts: { create: "20m", update: "20m" } },
      ),
    ];
    this.registerOutputs({});
  }
}

/** The node images of clusters, by the clusters' names; clusters with the same recipe share one. */
export const nodeImages = (recipes: Readonly<Record<string, NodeImageRecipe>>): ReadonlyMap<string, NodeImage> => {
  const made = new Map<string, NodeImage>();
  for (const recipe of Object.values(recipes)) {
    if (!made.has(recipe.image)) made.set(recipe.image, new NodeImage(recipe.image.replace(/^.*:/, "node-"), recipe));
  }
  return new Map(Object.entries(recipes).map(([cluster, { image }]) => [cluster, made.get(image)!]));
};
