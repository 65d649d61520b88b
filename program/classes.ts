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
import type { NodeImageRecipe } from "../lib/kubernetes/images";
import type { KubernetesObject } from "../lib/kubernetes/object";
import type { ClusterSettings } from "../lib/settings/types";
import { clusterKey } from "../preflight/management/running";
import type { Stack } from "./stack";

type Created = ReadonlyMap<string, ClassObjects>;

/** Returns the node image of a cluster with a class: the built image, or the image of the settings. */
const imageOf = (
  { inputs }: Stack,
  { name, backend, nodeImage, kubernetesVersion }: ClusterSettings,
): string | undefined =>
  inputs.nodeRecipes[name]?.[0]?.image ??
  (backend === "docker" && nodeImage !== stockNodeImage(kubernetesVersion) ? nodeImage : undefined);

/** Returns the classes that the stack creates. A class of clusters with their own node images gets a patch for them. */
export const createdClasses = (stack: Stack): Created => {
  const { topology } = stack.inputs;
  const withImages = new Set(
    stack.settings.clusters.flatMap((cluster) => {
      const use = topology.uses.get(cluster.name);
      return use !== undefined && imageOf(stack, cluster) !== undefined ? [classKey(use.clusterClass)] : [];
    }),
  );
  return new Map(
    [...topology.created].map(([key, objects]) => [
      key,
      withImages.has(key) ? (withNodeImages(objects) ?? objects) : objects,
    ]),
  );
};

/** Returns a cluster's class as the stack creates it or as it exists; undefined for a cluster without a class. */
const classOf = ({ inputs }: Stack, created: Created, { name }: ClusterSettings): KubernetesObject | undefined => {
  const use = inputs.topology.uses.get(name);
  return use && (created.get(classKey(use.clusterClass))?.clusterClass ?? use.clusterClass);
};

/** Returns the node images of a cluster by version; undefined if Slipway does not set the images of the cluster's class. */
const imagesByVersion = (
  stack: Stack,
  created: Created,
  cluster: ClusterSettings,
): Readonly<Record<string, string>> | undefined => {
  const clusterClass = classOf(stack, created, cluster);
  const image = clusterClass && takesNodeImages(clusterClass) ? imageOf(stack, cluster) : undefined;
  if (image === undefined) return undefined;
  const { running, topology, otherRecipes } = stack.inputs;
  const versions = running[clusterKey(cluster)];
  const before = {
    images: topology.runningImages[cluster.name] ?? {},
    versions: versions ? [versions.lowest, versions.highest] : [],
  };
  const between = Object.entries(otherRecipes[cluster.name]?.between ?? {});
  const images = Object.fromEntries(between.map(([version, recipe]) => [version, recipe.image]));
  return nodeImagesByVersion(cluster.kubernetesVersion, image, before, images);
};

/** Returns the recipes of all node images that machines of a cluster have, also during an upgrade through several versions. */
export const neededRecipes = (stack: Stack, created: Created): Readonly<Record<string, readonly NodeImageRecipe[]>> => {
  const { nodeRecipes, otherRecipes } = stack.inputs;
  return Object.fromEntries(
    stack.settings.clusters.flatMap((cluster) => {
      const { between = {}, running = {} } = otherRecipes[cluster.name] ?? {};
      const images = imagesByVersion(stack, created, cluster) ?? {};
      const additional = Object.entries({ ...running, ...between }).filter(
        ([version, { image }]) => version !== cluster.kubernetesVersion && images[version] === image,
      );
      const recipes = [...(nodeRecipes[cluster.name] ?? []), ...additional.map(([, recipe]) => recipe)];
      return recipes.length > 0 ? [[cluster.name, recipes] as const] : [];
    }),
  );
};

/** Returns the objects of a cluster with a class; undefined for another cluster. */
export const topologyOf = (stack: Stack, created: Created, cluster: ClusterSettings): TopologyParts | undefined => {
  const clusterClass = classOf(stack, created, cluster);
  if (clusterClass === undefined) return undefined;
  const objects = created.get(classKey(clusterClass));
  const template = stack.inputs.templates[cluster.name];
  const parts =
    template && hasTopology(template)
      ? template
      : topologyParts(cluster, { clusterClass, variables: cluster.class?.variables ?? {} });
  const value = imagesByVersion(stack, created, cluster);
  const withImages = value ? withVariable(parts.cluster, nodeImageVariable, value) : parts.cluster;
  if (objects === undefined) return { ...parts, cluster: withImages };
  const checksum = classChecksum(objects);
  const running = stack.inputs.topology.runningChecksums[cluster.name];
  const topology = { ...parts.topology, isClassChanging: running !== undefined && running !== checksum };
  return { ...parts, topology, cluster: withClassChecksum(withImages, checksum) };
};
