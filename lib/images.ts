import type { KubernetesObject } from "./kubernetesObject";

/** Replaces every image whose repository ends with `/capd-manager` by the one that the settings name. */
export const withCapdImage = (objects: KubernetesObject[], image: string): KubernetesObject[] =>
  objects.map((object) => {
    if (object.kind !== "Deployment") return object;
    const copy = structuredClone(object) as KubernetesObject & {
      spec: { template: { spec: { containers: { image: string; imagePullPolicy?: string }[] } } };
    };
    for (const container of copy.spec.template.spec.containers) {
      if (!/(^|\/)capd-manager[:@]/.test(container.image)) continue;
      container.image = image;
      // The image is loaded into the node; Always would go and ask a registry for it.
      container.imagePullPolicy = "IfNotPresent";
    }
    return copy;
  });

/** Images as steps read them: a line "reference id" each, so that another id under the same tag is another input. */
export const imageLines = (images: Readonly<Record<string, string>>): string =>
  Object.entries(images)
    .map(([image, id]) => `${image} ${id}`)
    .join("\n");
