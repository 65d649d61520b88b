import { listArguments, parseContainers } from "../../lib/base/container";
import { valueAt } from "../../lib/base/json";
import { clusterLabel } from "../../lib/base/labels";
import { type ContainerFacts, type ApiObject, conditionsOf } from "../../lib/diagnosis/facts";
import type { Exec } from "../../system/exec";

/** Lists the containers of a cluster in any state; returns undefined if Docker does not answer. */
export const readContainers = async (
  exec: Exec,
  name: string,
  unreachable: string[],
): Promise<ContainerFacts[] | undefined> => {
  const { text, failed } = await exec("docker", ...listArguments(`label=${clusterLabel}=${name}`));
  if (!failed) return parseContainers(text.split("\n"));
  unreachable.push(`Docker: ${text}`);
  return undefined;
};

/** Path of the image in a machine, by the machine's kind. */
const imagePaths: Readonly<Record<string, readonly string[]>> = {
  DevMachine: ["spec", "backend", "docker", "customImage"],
  DockerMachine: ["spec", "customImage"],
};

/** Returns the images that Docker lacks and that machines without a container need. */
export const readMissingImages = async (exec: Exec, objects: readonly ApiObject[]): Promise<string[]> => {
  const withoutContainer = objects.filter(
    (object) =>
      object.kind in imagePaths &&
      conditionsOf(object).find(({ type }) => type === "ContainerProvisioned")?.status !== "True",
  );
  const images = [
    ...new Set(
      withoutContainer.flatMap(
        (object) => (valueAt(object, ...(imagePaths[object.kind] ?? [])) as string | undefined) ?? [],
      ),
    ),
  ];
  const answers = await Promise.all(
    images.map((image) => exec("docker", "image", "inspect", "--format", "{{.Id}}", image)),
  );
  return images.filter((_, index) => answers[index]?.failed && /no such/i.test(answers[index].text));
};
