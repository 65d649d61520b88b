import { imageLines } from "../../lib/kubernetes/images";
import { execute, type Log } from "../plugin/execute";
import { type ResourceKind, string, stringMap } from "../plugin/resourceKind";
import type { Properties } from "../plugin/values";
import { runDocker, mapOf, stringOf } from "./docker";

const build = async (news: Properties, log: Log): Promise<Properties> => {
  const environment = { IMAGE: stringOf(news, "image"), BASE: stringOf(news, "base") };
  const stdin = imageLines(mapOf(news, "images"));
  const { stdout } = await execute("steps/node-image", { environment, stdin }, undefined, log);
  return { ...news, imageId: stdout };
};

/** A node image that contains the images its nodes cannot pull. Destroy keeps it, as it keeps a pulled image. */
export const nodeImage: ResourceKind = {
  inputs: { image: string, base: string, baseId: string, images: stringMap },
  outputs: ["imageId"],
  create: async (news, log) => ({ id: stringOf(news, "image"), state: await build(news, log) }),
  read: async (image, old) => {
    const id = await runDocker(`the image ${image}`, "image", "inspect", "--format", "{{.Id}}", image);
    // A pruned image is built again. Running nodes do not depend on it.
    return id === undefined ? undefined : { ...old, imageId: id.trim() };
  },
  update: (_, news, log) => build(news, log),
};
