import { createHash } from "node:crypto";
import type { KubernetesObject } from "./object";

/** Replaces every image whose repository ends with `/capd-manager` by the one that the settings name. */
export const withCapdImage = (objects: KubernetesObject[], image: string): KubernetesObject[] =>
  objects.map((object) => {
    if (object.kind !== "Deployment") return object;
    const copy = structuredClone(object) as KubernetesObject & {
      spec: { template: { spec: { containers: { image: string; imagePullPolicy?: string }[] } } };
    };
    for (const container of copy.spec.template.spec.containers) {
      if (!/(^|\/)capd-manager[:@]/.test(container.image)) continue;
      container.image = image;
      // The image is loaded into the node; Always would go and ask a registry for it.
      container.imagePullPolicy = "IfNotPresent";
    }
    return copy;
  });

/** Images as steps read them: a line "reference id" each, so that another id under the same tag is another input. */
export const imageLines = (images: Readonly<Record<string, string>>): string =>
  Object.entries(images)
    .map(([image, id]) => `${image} ${id}`)
    .join("\n");

/** A node image with the images that a cluster's nodes cannot pull, in their containerd from the start. */
export interface NodeImageRecipe {
  /** `slipway/node:<tag of the base>-<sum>`: all that is in it decides its name, so that one that is there will do. */
  image: string;
  /** The image it is made from, and its content id. */
  base: string;
  baseId: string;
  /** Content id by reference of the images that are added. */
  images: Readonly<Record<string, string>>;
}

/** The recipe for a base and images, or undefined where there is nothing to add. */
export const nodeImageRecipe = (
  base: string,
  baseId: string,
  images: Readonly<Record<string, string>>,
): NodeImageRecipe | undefined => {
  if (Object.keys(images).length === 0) return undefined;
  const lines = imageLines(images).split("\n").sort();
  const sum = createHash("sha256")
    .update([baseId, ...lines].join("\n"))
    .digest("hex");
  return { image: `slipway/node:${tagOf(base)}-${sum.slice(0, 12)}`, base, baseId, images };
};

/** The tag of a reference; `latest` where it has none. A digest behind it is left out. */
const tagOf = (reference: string): string => /:([\w.-]+)$/.exec(reference.split("@")[0] ?? "")?.[1] ?? "latest";
