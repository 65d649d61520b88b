import { imageLines } from "../../lib/kubernetes/images";
import { execute, type Say } from "../plugin/execute";
import { type ResourceKind, text, textMap } from "../plugin/resourceKind";
import type { Properties } from "../plugin/values";
import { ask, mapOf, textOf } from "./docker";

const make = async (news: Properties, say: Say): Promise<Properties> => {
  const environment = { IMAGE: textOf(news, "image"), BASE: textOf(news, "base") };
  const stdin = imageLines(mapOf(news, "images"));
  const { stdout } = await execute("steps/node-image", { environment, stdin }, undefined, say);
  return { ...news, imageId: stdout };
};

/** A node image that holds the images its nodes cannot pull. Kept at destroy, as one that was pulled would be. */
export const nodeImage: ResourceKind = {
  inputs: { image: text, base: text, baseId: text, images: textMap },
  outputs: ["imageId"],
  create: async (news, say) => ({ id: textOf(news, "image"), state: await make(news, say) }),
  read: async (image, old) => {
    const id = await ask(`the image ${image}`, "image", "inspect", "--format", "{{.Id}}", image);
    // Pruned: it is made again, and nothing that runs depends on it.
    return id === undefined ? undefined : { ...old, imageId: id.trim() };
  },
  update: (_, news, say) => make(news, say),
};
