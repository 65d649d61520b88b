import { listArguments, parseContainers } from "../../lib/base/container";
import { valueAt } from "../../lib/base/json";
import { clusterLabel } from "../../lib/base/labels";
import { type ContainerFacts, type ApiObject, conditionsOf } from "../../lib/diagnosis/facts";
import type { Exec } from "../../system/exec";

/** The containers of a cluster, whatever their state; undefined where Docker does not answer. */
export const readContainers = async (
  ask: Exec,
  name: string,
  unasked: string[],
): Promise<ContainerFacts[] | undefined> => {
  const { text, failed } = await ask("docker", ...listArguments(`label=${clusterLabel}=${name}`));
  if (!failed) return parseContainers(text.split("\n"));
  unasked.push(`Docker: ${text}`);
  return undefined;
};

/** Images of DevMachines that have no container yet and that Docker does not know. */
export const readMissingImages = async (ask: Exec, objects: readonly ApiObject[]): Promise<string[]> => {
  const lacking = objects.filter(
    (object) =>
      object.kind === "DevMachine" &&
      conditionsOf(object).find(({ type }) => type === "ContainerProvisioned")?.status !== "True",
  );
  const images = [
    ...new Set(
      lacking.flatMap(
        (object) => (valueAt(object, "spec", "backend", "docker", "customImage") as string | undefined) ?? [],
      ),
    ),
  ];
  const answers = await Promise.all(
    images.map((image) => ask("docker", "image", "inspect", "--format", "{{.Id}}", image)),
  );
  return images.filter((_, index) => answers[index]?.failed && /no such/i.test(answers[index].text));
};
