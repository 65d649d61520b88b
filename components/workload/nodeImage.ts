import * as pulumi from "@pulumi/pulumi";
import type { NodeImageRecipe } from "../../lib/kubernetes/images";
import { BuiltNodeImage } from "../../provider/kind";

/**
 * Builds a node image that contains the images its nodes cannot pull. Every node has these images from its start,
 * whenever Cluster API creates the node. So Cluster API need not load each image into each node before kubeadm runs.
 * The built image is kept on destroy, as a pulled image would be.
 */
export class NodeImage extends pulumi.ComponentResource {
  public readonly image: string;
  /** Resources that machines of this image wait for. */
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

/** Creates the node images of clusters by the clusters' names. Clusters with the same recipe share an image. */
export const nodeImages = (
  recipes: Readonly<Record<string, readonly NodeImageRecipe[]>>,
  opts: pulumi.ComponentResourceOptions,
): ReadonlyMap<string, readonly NodeImage[]> => {
  const created = new Map<string, NodeImage>();
  for (const recipe of Object.values(recipes).flat()) {
    if (!created.has(recipe.image))
      created.set(recipe.image, new NodeImage(recipe.image.replace(/^.*:/, "node-"), recipe, opts));
  }
  return new Map(
    Object.entries(recipes).map(([cluster, list]) => [cluster, list.map(({ image }) => created.get(image)!)]),
  );
};
