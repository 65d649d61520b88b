import { createHash } from "node:crypto";
import type { KubernetesObject } from "./object";

/** Replaces every image whose repository ends with `/capd-manager` by the image in the settings. */
export const withCapdImage = (objects: KubernetesObject[], image: string): KubernetesObject[] =>
  objects.map((object) => {
    if (object.kind !== "Deployment") return object;
    const copy = structuredClone(object) as KubernetesObject & {
      spec: { template: { spec: { containers: { image: string; imagePullPolicy?: string }[] } } };
    };
    for (const container of copy.spec.template.spec.containers) {
      if (!/(^|\/)capd-manager[:@]/.test(container.image)) continue;
      container.image = image;
      // The image is loaded into the node; with Always, kubelet would ask a registry for it.
      container.imagePullPolicy = "IfNotPresent";
    }
    return copy;
  });

/**
 * Returns images as steps read them: one line "reference id" per image. Another id under the same tag is another input.
 */
export const imageLines = (images: Readonly<Record<string, string>>): string =>
  Object.entries(images)
    .map(([image, id]) => `${image} ${id}`)
    .join("\n");

/** A node image that contains images which a cluster's nodes cannot pull. */
export interface NodeImageRecipe {
  /**
   * `slipway/node:<tag of the base>-<checksum>`. The checksum covers the contents, so an existing image can be reused.
   */
  image: string;
  /** The base image and its content id. */
  base: string;
  baseId: string;
  /** Content ids of the added images by reference. */
  images: Readonly<Record<string, string>>;
}

/** Returns the recipe for a base and images; undefined without images. */
export const nodeImageRecipe = (
  base: string,
  baseId: string,
  images: Readonly<Record<string, string>>,
): NodeImageRecipe | undefined => {
  if (Object.keys(images).length === 0) return undefined;
  const lines = imageLines(images).split("\n").sort();
  const checksum = createHash("sha256")
    .update([baseId, ...lines].join("\n"))
    .digest("hex");
  return { image: `slipway/node:${tagOf(base)}-${checksum.slice(0, 12)}`, base, baseId, images };
};

/** Returns the tag of a reference, or `latest` if the reference has none. A digest after the tag is ignored. */
const tagOf = (reference: string): string => /:([\w.-]+)$/.exec(reference.split("@")[0] ?? "")?.[1] ?? "latest";
