import { cniLocation } from "../../../lib/addons/cni";
import { stockNodeImage } from "../../../lib/cluster/class/nodeImages";
import { hostImagesOf, type Settings } from "../../../lib/settings/types";
import type { Artifact } from "../build/artifact";

/** Returns the node images and manifests of pod networks in the settings, which this machine may have to build. */
export const namedBySettings = (settings: Settings): string[] => [
  settings.management.nodeImage,
  ...settings.extraImages,
  ...settings.clusters
    .filter(({ backend }) => backend === "docker")
    .flatMap((cluster) => [...hostImagesOf(cluster), cniLocation(cluster.cni, settings)]),
  ...(settings.clusters.some((cluster) => cluster.class) ? upgradeImages(settings.extraImages) : []),
];

/**
 * Returns the node images of the versions whose kube-proxy is listed. Cluster API upgrades a cluster with a class through
 * these versions, and nodes that pull nothing need kube-proxy of each of them.
 */
const upgradeImages = (extraImages: readonly string[]): string[] =>
  extraImages.flatMap((image) => {
    const [, version] = /^registry\.k8s\.io\/kube-proxy:(v[\d.]+)$/.exec(image) ?? [];
    return version === undefined ? [] : [stockNodeImage(version)];
  });

/** Returns the artifacts with a result in `named`, and the artifacts of the list that they need, in the list's order. */
export const demanded = (artifacts: readonly Artifact[], named: readonly string[]): Artifact[] => {
  const byName = new Map(artifacts.map((artifact) => [artifact.name, artifact]));
  const selected = new Set<Artifact>();
  const add = (artifact: Artifact | undefined): void => {
    if (artifact === undefined || selected.has(artifact)) return;
    selected.add(artifact);
    for (const need of artifact.needs) add(byName.get(need));
  };
  for (const artifact of artifacts) if (artifact.gives !== undefined && named.includes(artifact.gives)) add(artifact);
  return artifacts.filter((artifact) => selected.has(artifact));
};
