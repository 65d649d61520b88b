import type { NodeImage } from "../components/workload/nodeImage";
import { classChecksum, classKey, type ClassObjects } from "../lib/cluster/class/classObjects";
import {
  nodeImagesByVersion,
  nodeImageVariable,
  stockNodeImage,
  takesNodeImages,
  withNodeImages,
} from "../lib/cluster/class/nodeImages";
import { topologyParts, withClassChecksum, withVariable } from "../lib/cluster/class/topology";
import { hasTopology, type TopologyParts } from "../lib/cluster/parts";
import type { ClusterSettings } from "../lib/settings/types";
import { clusterKey } from "../preflight/management/running";
import type { Stack } from "./stack";

type Images = ReadonlyMap<string, readonly NodeImage[]>;

/** Returns the node image of a cluster with a class: the built image, or the image of the settings. */
const imageOf = (images: Images, { name, backend, nodeImage, kubernetesVersion }: ClusterSettings) =>
  images.get(name)?.[0]?.image ??
  (backend === "docker" && nodeImage !== stockNodeImage(kubernetesVersion) ? nodeImage : undefined);

/** Returns the classes that the stack creates. A class of clusters with their own node images gets a patch for them. */
export const createdClasses = (
  { inputs: { topology }, settings }: Stack,
  images: Images,
): ReadonlyMap<string, ClassObjects> => {
  const withImages = new Set(
    settings.clusters.flatMap((cluster) => {
      const use = topology.uses.get(cluster.name);
      return use !== undefined && imageOf(images, cluster) !== undefined ? [classKey(use.clusterClass)] : [];
    }),
  );
  return new Map(
    [...topology.created].map(([key, objects]) => [
      key,
      withImages.has(key) ? (withNodeImages(objects) ?? objects) : objects,
    ]),
  );
};

/** Returns the objects of a cluster with a class; undefined for another cluster. */
export const topologyOf = (
  { inputs: { topology, templates, running } }: Stack,
  images: Images,
  created: ReadonlyMap<string, ClassObjects>,
  cluster: ClusterSettings,
): TopologyParts | undefined => {
  const use = topology.uses.get(cluster.name);
  if (use === undefined) return undefined;
  const objects = created.get(classKey(use.clusterClass));
  const clusterClass = objects?.clusterClass ?? use.clusterClass;
  const template = templates[cluster.name];
  const parts =
    template && hasTopology(template)
      ? template
      : topologyParts(cluster, { clusterClass, variables: cluster.class?.variables ?? {} });
  const image = takesNodeImages(clusterClass) ? imageOf(images, cluster) : undefined;
  const versions = running[clusterKey(cluster)];
  const before = {
    images: topology.runningImages[cluster.name] ?? {},
    versions: versions ? [versions.lowest, versions.highest] : [],
  };
  const value = image && nodeImagesByVersion(cluster.kubernetesVersion, image, before);
  const withImages = value ? withVariable(parts.cluster, nodeImageVariable, value) : parts.cluster;
  return { ...parts, cluster: objects ? withClassChecksum(withImages, classChecksum(objects)) : withImages };
};
