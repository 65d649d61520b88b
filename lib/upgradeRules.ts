import { minorOf, versionStep } from "./kubernetesVersions";
import type { Problem } from "./problem";
import { clusterKey, type RunningClusters } from "./runningVersions";

/** A cluster as the settings want it. */
export interface WantedVersion {
  namespace: string;
  name: string;
  kubernetesVersion: string;
}

/**
 * What stands between the versions that clusters run and the versions their settings name. Cluster API itself refuses
 * a skipped minor version only when the object is written, and a downgrade never.
 */
export const upgradeProblems = (wanted: readonly WantedVersion[], running: RunningClusters): Problem[] =>
  wanted.flatMap(({ namespace, name, kubernetesVersion }): Problem[] => {
    const now = running[clusterKey({ namespace, name })];
    if (now === undefined) return [];
    const problem = { key: "kubernetesVersion", received: kubernetesVersion };
    if (versionStep(now.highest, kubernetesVersion) === "downgrade") {
      const rule = `be ${now.highest} or later, since the cluster ${name} runs that and Kubernetes does not go back`;
      const remedy = `Set it to ${now.highest}; for an older one, make destroy and make up, which loses what is in it`;
      return [{ ...problem, rule, remedy }];
    }
    if (versionStep(now.lowest, kubernetesVersion) === "skip") {
      const rule = `be at most one minor version above ${now.lowest}, which the cluster ${name} runs`;
      const remedy = `Set it to a version of ${minorOf(now.lowest, 1)}, make up, and go on from there`;
      return [{ ...problem, rule, remedy }];
    }
    return [];
  });
