import { sentence } from "../../lib/base/problem";
import type { Settings } from "../../lib/settings/types";
import { imageIds } from "../../system/docker";
import { askRegistry, type RegistryAnswer } from "./registry";

/** What is wrong about the node images, and what could not be found out. */
export interface NodeImageReport {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Whether the node images that are to be pulled exist: in the host's Docker, else in their registries. Cluster API says
 * of one that does not exist only in its log, and its machine waits for ever.
 */
export const checkNodeImages = async (
  { imageSource, management, clusters }: Pick<Settings, "imageSource" | "management" | "clusters">,
  idsOf: (images: string[]) => Promise<Record<string, string>> = imageIds,
  ask: (image: string) => Promise<RegistryAnswer> = askRegistry,
): Promise<NodeImageReport> => {
  // Those of the source local are looked for with all other images.
  if (imageSource === "local") return { problems: [], warnings: [] };
  const users = new Map<string, string>();
  if (management.kubeconfig === "") users.set(management.nodeImage, "managementNodeImage");
  for (const { name, backend, nodeImage } of clusters) {
    if (backend === "docker" && !users.has(nodeImage)) users.set(nodeImage, `nodeImage of cluster ${name}`);
  }
  const ids = await idsOf([...users.keys()]);
  const answers = await Promise.all(
    [...users]
      .filter(([image]) => !Object.hasOwn(ids, image))
      .map(async ([image, key]) => ({ image, key, answer: await ask(image) })),
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
            `${key}: whether ${image} exists is not known (${answer.unknown}); a machine of an image that does not waits for ever`,
          ],
    ),
  };
};
