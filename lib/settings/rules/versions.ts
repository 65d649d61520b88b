import { releaseOf } from "../../versions/semver";
import { unsupported } from "../../versions/supportMatrix";
import { checkField, type ClusterRule } from "./rule";

/** Rules about the Kubernetes version of one cluster. */
export const versionRules: readonly ClusterRule[] = [
  {
    fields: ["kubernetesVersion"],
    check: (entry, { versions: { clusterApi } }) => {
      const rule = unsupported(clusterApi, "workload", entry.values.kubernetesVersion);
      const remedy = "Choose another version, or remove the setting to use the pinned version";
      return checkField(rule === undefined, entry, "kubernetesVersion", rule ?? "", remedy);
    },
  },
  {
    fields: ["nodeImage", "kubernetesVersion"],
    check: (entry) => {
      const { nodeImage, kubernetesVersion } = entry.values;
      return checkField(
        isImageOf(nodeImage, kubernetesVersion),
        entry,
        "nodeImage",
        `an image with a tag of kubernetesVersion, ${kubernetesVersion}`,
        "Set both to one version, or remove nodeImage",
      );
    },
  },
  {
    fields: ["template", "nodeImage", "kubernetesVersion"],
    check: (entry) => {
      const { nodeImage, kubernetesVersion } = entry.values;
      const images = (entry.template?.images ?? []).filter((image) => image !== nodeImage);
      return images
        .filter((image) => !isImageOf(image, kubernetesVersion))
        .map((image) => ({
          key: entry.key("template"),
          received: image,
          rule: `a customImage with a tag of kubernetesVersion, ${kubernetesVersion}`,
          remedy: "Set kubernetesVersion and the image to one version, or remove customImage from the template",
        }));
    },
  },
];

/** Returns false for an image with a tag of another version. */
const isImageOf = (image: string, version: string): boolean => {
  const tagged = releaseOf(/:([^:/@]+)(@|$)/.exec(image)?.[1] ?? "")?.version;
  return tagged === undefined || tagged === releaseOf(version)?.version;
};
