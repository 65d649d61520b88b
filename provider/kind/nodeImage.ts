import { imageLines } from "../../lib/kubernetes/images";
import type { Log } from "../plugin/execute";
import { string, stringMap } from "../plugin/property";
import type { ResourceKind } from "../plugin/resourceKind";
import type { Properties } from "../plugin/values";
import { runDocker, mapOf, stringOf } from "./docker";
import { executeStep } from "./steps";

const build = async (news: Properties, log: Log): Promise<Properties> => {
  const environment = { IMAGE: stringOf(news, "image"), BASE: stringOf(news, "base") };
  const stdin = imageLines(mapOf(news, "images"));
  const { stdout } = await executeStep("node-image", { environment, stdin }, log);
  return { ...news, imageId: stdout };
};

/** A node image that contains the images its nodes cannot pull. Destroy keeps it, as it keeps a pulled image. */
export const nodeImage: ResourceKind = {
  declaration: {
    description:
      "A node image that contains images, so that nodes need not pull them. An image that was deleted is built again. The " +
      "image stays in Docker when the resource is deleted.",
    inputs: {
      image: { description: "Name and tag. Use a tag that changes with the contents.", type: string },
      base: { description: "Node image without the images.", type: string },
      baseId: {
        description: "Content id of the base image. A base that was rebuilt under its tag makes another image.",
        type: string,
      },
      images: { description: "Images of the host's Docker to add: content id by reference.", type: stringMap },
    },
    outputs: { imageId: { description: "Content id of the built image.", type: string } },
  },
  create: async (news, log) => ({ id: stringOf(news, "image"), state: await build(news, log) }),
  read: async (image, old) => {
    const id = await runDocker(`the image ${image}`, "image", "inspect", "--format", "{{.Id}}", image);
    // A pruned image is built again. Running nodes do not depend on it.
    return id === undefined ? undefined : { ...old, imageId: id.trim() };
  },
  update: (_, news, log) => build(news, log),
};
