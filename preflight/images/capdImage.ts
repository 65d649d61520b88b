import { sentence } from "../../lib/base/problem";
import { pullsCapdImage, type Settings } from "../../lib/settings/types";
import { imageIds } from "../../system/docker";
import type { NodeImageReport } from "./nodeImages";
import { askRegistry, type RegistryAnswer } from "./registry";

/** Returns true for the image that an empty `capdImage` means. */
const isDefault = (image: string): boolean => image.startsWith("gcr.io/k8s-staging-cluster-api/capd-manager:");

/**
 * Checks that the image of Cluster API's Docker provider exists in the host's Docker or in its registry, if the stack
 * pulls the image. The default image is in a staging registry, which deletes images some months after their release.
 */
export const checkCapdImage = async (
  settings: Pick<Settings, "capd" | "management">,
  idsOf: (images: string[]) => Promise<Record<string, string>> = imageIds,
  query: (image: string) => Promise<RegistryAnswer> = (image) => askRegistry(image),
): Promise<NodeImageReport> => {
  const none = { problems: [], warnings: [] };
  const { image } = settings.capd;
  if (!pullsCapdImage(settings) || Object.hasOwn(await idsOf([image]), image)) return none;
  const answer = await query(image);
  if (answer === "there") return none;
  if (answer !== "missing") {
    const warning =
      `capdImage: expected an image that exists, got ${image}, which could not be checked (${answer.unknown}); ` +
      "up fails if the image is missing";
    return { problems: [], warnings: [warning] };
  }
  const problem = sentence({
    key: "capdImage",
    received: image,
    rule: "an image that Docker has or its registry serves",
    remedy: isDefault(image)
      ? "The registry deletes old images: set clusterApi in pins.json to a newer release, or install Go and set capdImageSource to build"
      : "Correct capdImage, or remove it to use the default image",
  });
  return { problems: [problem], warnings: [] };
};

/** Returns a verdict for a management cluster that exists: its node has the image, so nothing needs a pull now. */
export const withoutProblems = ({ problems, warnings }: NodeImageReport): NodeImageReport => ({
  problems: [],
  warnings: [...warnings, ...problems],
});
