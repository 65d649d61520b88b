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
      const tagged = releaseOf(/:([^:/@]+)(@|$)/.exec(nodeImage)?.[1] ?? "")?.version;
      return checkField(
        tagged === undefined || tagged === releaseOf(kubernetesVersion)?.version,
        entry,
        "nodeImage",
        `an image with a tag of kubernetesVersion, ${kubernetesVersion}`,
        "Set both to one version, or remove nodeImage",
      );
    },
  },
];
