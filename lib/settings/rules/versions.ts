import { releaseOf } from "../../versions/semver";
import { unsupported } from "../../versions/supportMatrix";
import { type ClusterRule, unless } from "./rule";

/** Rules about the Kubernetes version of one cluster. */
export const versionRules: readonly ClusterRule[] = [
  {
    fields: ["kubernetesVersion"],
    check: (entry, { versions: { clusterApi } }) => {
      const rule = unsupported(clusterApi, "workload", entry.values.kubernetesVersion);
      const remedy = "Choose another version, or leave it out for the pinned one";
      return unless(rule === undefined, entry, "kubernetesVersion", rule ?? "", remedy);
    },
  },
  {
    fields: ["nodeImage", "kubernetesVersion"],
    check: (entry) => {
      const { nodeImage, kubernetesVersion } = entry.values;
      const tagged = releaseOf(/:([^:/@]+)(@|$)/.exec(nodeImage)?.[1] ?? "")?.version;
      return unless(
        tagged === undefined || tagged === releaseOf(kubernetesVersion)?.version,
        entry,
        "nodeImage",
        `be an image of kubernetesVersion, ${kubernetesVersion}, and its tag says ${tagged}`,
        "Set both to one version, or leave nodeImage out",
      );
    },
  },
];
