import { imageLines } from "../../lib/kubernetes/images";
import { execute, type Log } from "../plugin/execute";
import { inputChanges, type ResourceKind, string, stringMap } from "../plugin/resourceKind";
import { isSame, type Properties } from "../plugin/values";
import { digestIn, imagesOfNode, inspectContainer, mapOf, stringOf } from "./docker";

const inputs = { node: string, nodeId: string, images: stringMap };

const load = async (news: Properties, images: Record<string, string>, log: Log): Promise<Properties> => {
  const node = stringOf(news, "node");
  await execute("steps/load-images", { environment: { NODE: node }, stdin: imageLines(images) }, undefined, log);
  const imagesNow = await imagesOfNode(node);
  const loaded = Object.keys(mapOf(news, "images")).map((image) => [image, digestIn(imagesNow, image) ?? ""] as const);
  return { ...news, loaded: Object.fromEntries(loaded) };
};

/** Images of the host's Docker in a kind node. The id is the node's name. */
export const imageLoad: ResourceKind = {
  inputs,
  outputs: ["loaded"],
  // A new node has none of the images.
  diff: (old, news) => inputChanges({ inputs }, old, news, ["node", "nodeId"]),
  create: async (news, log) => ({ id: stringOf(news, "node"), state: await load(news, mapOf(news, "images"), log) }),
  read: async (node, old) => {
    if (Object.keys(old).length === 0)
      throw new Error(
        "ImageLoad: expected a resource that up created, got an import. Run make up instead of the import.",
      );
    const container = await inspectContainer(node);
    // The images stay as recorded: the KindCluster resource shows that the node stopped, was deleted or replaced.
    if (!container?.running || container.id !== old.nodeId) return old;
    const imagesNow = await imagesOfNode(node);
    const loaded = mapOf(old, "loaded");
    const isStill = ([image]: [string, string]): boolean => digestIn(imagesNow, image) === loaded[image];
    // An image that the node lost or replaced no longer counts as loaded.
    return {
      ...old,
      images: Object.fromEntries(Object.entries(mapOf(old, "images")).filter(isStill)),
      loaded: Object.fromEntries(Object.entries(loaded).filter(isStill)),
    };
  },
  update: (old, news, log) => {
    const oldImages = mapOf(old, "images");
    const missing = Object.entries(mapOf(news, "images")).filter(([image, id]) => !isSame(oldImages[image], id));
    return load(news, Object.fromEntries(missing), log);
  },
};
