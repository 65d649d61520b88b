import { createHash } from "node:crypto";
import { imageLines } from "./images";

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
