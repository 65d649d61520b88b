import { imageLines } from "../../lib/kubernetes/images";
import { execute, type Say } from "../plugin/execute";
import { inputChanges, type ResourceKind, text, textMap } from "../plugin/resourceKind";
import { isSame, type Properties } from "../plugin/values";
import { digestIn, imagesOfNode, inspectContainer, mapOf, textOf } from "./docker";

const inputs = { node: text, nodeId: text, images: textMap };

const load = async (news: Properties, images: Record<string, string>, say: Say): Promise<Properties> => {
  const node = textOf(news, "node");
  await execute("steps/load-images", { environment: { NODE: node }, stdin: imageLines(images) }, undefined, say);
  const there = await imagesOfNode(node);
  const loaded = Object.keys(mapOf(news, "images")).map((image) => [image, digestIn(there, image) ?? ""] as const);
  return { ...news, loaded: Object.fromEntries(loaded) };
};

/** Images of the host's Docker in a kind node. Its id is the node's name. */
export const imageLoad: ResourceKind = {
  inputs,
  outputs: ["loaded"],
  // Another node has none of them.
  diff: (old, news) => inputChanges({ inputs }, old, news, ["node", "nodeId"]),
  create: async (news, say) => ({ id: textOf(news, "node"), state: await load(news, mapOf(news, "images"), say) }),
  read: async (node, old) => {
    if (Object.keys(old).length === 0) throw new Error("images in a node cannot be imported: up loads them");
    const found = await inspectContainer(node);
    // Of a node that is stopped or gone its own resource tells.
    if (!found?.running || found.id !== old.nodeId) return old;
    const there = await imagesOfNode(node);
    const loaded = mapOf(old, "loaded");
    const isStill = ([image]: [string, string]): boolean => digestIn(there, image) === loaded[image];
    // One that is no longer there, or is another, is no longer among those that were loaded.
    return {
      ...old,
      images: Object.fromEntries(Object.entries(mapOf(old, "images")).filter(isStill)),
      loaded: Object.fromEntries(Object.entries(loaded).filter(isStill)),
    };
  },
  update: (old, news, say) => {
    const had = mapOf(old, "images");
    const missing = Object.entries(mapOf(news, "images")).filter(([image, id]) => !isSame(had[image], id));
    return load(news, Object.fromEntries(missing), say);
  },
};
