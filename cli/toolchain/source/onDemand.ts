import { cniLocation } from "../../../lib/addons/cni";
import type { Settings } from "../../../lib/settings/types";
import type { Artifact } from "../build/artifact";

/** What settings name of this machine's making: images of nodes and manifests of pod networks. */
export const namedBySettings = (settings: Settings): string[] => [
  settings.management.nodeImage,
  ...settings.extraImages,
  ...settings.clusters
    .filter(({ backend }) => backend === "docker")
    .flatMap((cluster) => [cluster.nodeImage, cniLocation(cluster.cni, settings)]),
];

/** The artifacts that give something named, and those among the same artifacts that they need; in the list's order. */
export const demanded = (artifacts: readonly Artifact[], named: readonly string[]): Artifact[] => {
  const byName = new Map(artifacts.map((artifact) => [artifact.name, artifact]));
  const found = new Set<Artifact>();
  const add = (artifact: Artifact | undefined): void => {
    if (artifact === undefined || found.has(artifact)) return;
    found.add(artifact);
    for (const need of artifact.needs) add(byName.get(need));
  };
  for (const artifact of artifacts) if (artifact.gives !== undefined && named.includes(artifact.gives)) add(artifact);
  return artifacts.filter((artifact) => found.has(artifact));
};
