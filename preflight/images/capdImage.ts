import { sentence } from "../../lib/base/problem";
import { pullsCapdImage, type Settings } from "../../lib/settings/types";
import { imageIds } from "../../system/docker";
import type { NodeImageReport } from "./nodeImages";
import { askRegistry, type RegistryAnswer } from "./registry";

/**
 * Checks that the image of Cluster API's Docker provider exists in the host's Docker or in its registry, if the stack
 * pulls the image. The default image is in a staging registry, which deletes images some months after their release.
 */
export const checkCapdImage = async (
  settings: Pick<Settings, "capd" | "management">,
  idsOf: (images: string[]) => Promise<Record<string, string>> = imageIds,
  query: (image: string) => Promise<RegistryAnswer> = askRegistry,
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
    remedy:
      "Set clusterApi in pins.json to a newer release, or set capdImageSource to build, which compiles it and needs Go",
  });
  return { problems: [problem], warnings: [] };
};

/** Returns a verdict for a management cluster that exists: its node has the image, so nothing needs a pull now. */
export const withoutProblems = ({ problems, warnings }: NodeImageReport): NodeImageReport => ({
  problems: [],
  warnings: [...warnings, ...problems],
});
