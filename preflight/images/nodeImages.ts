import { sentence } from "../../lib/base/problem";
import { hostImagesOf, type Settings } from "../../lib/settings/types";
import { imageIds } from "../../system/docker";
import { askRegistry, type RegistryAnswer } from "./registry";

/** Missing node images as problems, and images with unknown state as warnings. */
export interface NodeImageReport {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Checks that the node images exist in the host's Docker or in their registries. Cluster API reports a missing image only
 * in its log, and the machine waits forever.
 */
export const checkNodeImages = async (
  { imageSource, management, clusters }: Pick<Settings, "imageSource" | "management" | "clusters">,
  idsOf: (images: string[]) => Promise<Record<string, string>> = imageIds,
  query: (image: string) => Promise<RegistryAnswer> = (image) => askRegistry(image),
): Promise<NodeImageReport> => {
  // With imageSource local, readImages checks all images of the host's Docker.
  if (imageSource === "local") return { problems: [], warnings: [] };
  const users = new Map<string, string>();
  if (management.kubeconfig === "") users.set(management.nodeImage, "managementNodeImage");
  for (const cluster of clusters.filter(({ backend }) => backend === "docker")) {
    for (const image of hostImagesOf(cluster)) {
      const setting = image === cluster.nodeImage ? "nodeImage" : "template";
      if (!users.has(image)) users.set(image, `${setting} of cluster ${cluster.name}`);
    }
  }
  const ids = await idsOf([...users.keys()]);
  const answers = await Promise.all(
    [...users]
      .filter(([image]) => !Object.hasOwn(ids, image))
      .map(async ([image, key]) => ({ image, key, answer: await query(image) })),
  );
  return {
    problems: answers
      .filter(({ answer }) => answer === "missing")
      .map(({ image, key }) =>
        sentence({
          key,
          received: image,
          rule: "an image that Docker has or its registry serves",
          remedy: "Choose a tag that the registry lists, or build the image and keep its tag",
        }),
      ),
    warnings: answers.flatMap(({ image, key, answer }) =>
      typeof answer === "string"
        ? []
        : [
            `${key}: expected an image that exists, got ${image}, which could not be checked (${answer.unknown}). A machine with a missing image waits forever.`,
          ],
    ),
  };
};
