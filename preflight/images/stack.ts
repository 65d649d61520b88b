import { stockNodeImage } from "../../lib/cluster/class/nodeImages";
import { infrastructureOf } from "../../lib/cluster/infrastructure";
import { type NodeImageRecipe, nodeImageRecipe } from "../../lib/kubernetes/images";
import { imagesOf } from "../../lib/kubernetes/object";
import { type ClusterSettings, hostImagesOf, nodeImagesOf, type Settings } from "../../lib/settings/types";
import { imageIds } from "../../system/docker";
import type { StackManifests } from "../manifests/stack";

/** Images from the host's Docker, grouped by their user. */
export interface StackImages {
  /** Ids of the images for the management cluster's node, by reference, without CAPD's image. */
  readonly nodeImages: { certManager: Record<string, string>; providers: Record<string, string> };
  /** Recipes of node images that contain images which nodes cannot pull, by the cluster's name. */
  readonly nodeRecipes: Readonly<Record<string, readonly NodeImageRecipe[]>>;
  /** Recipes of a cluster with a class for machines of other versions, by the cluster's name. */
  readonly otherRecipes: Readonly<Record<string, OtherRecipes>>;
  /** Id of CAPD's image, if the image comes from the host's Docker. */
  readonly capdId?: string;
}

/** The versions other than the settings' version that machines of a cluster have during and after an upgrade. */
export type OtherVersions = Readonly<
  Record<
    string,
    {
      /** Versions that Cluster API upgrades the cluster through. */
      readonly between: readonly string[];
      /** Node images that the running cluster has, by version. */
      readonly running: Readonly<Record<string, string>>;
    }
  >
>;

/** Recipes of node images by Kubernetes version. */
export interface OtherRecipes {
  /** For versions that Cluster API upgrades the cluster through. */
  readonly between: Readonly<Record<string, NodeImageRecipe>>;
  /** For versions whose images the running cluster has from an earlier upgrade. */
  readonly running: Readonly<Record<string, NodeImageRecipe>>;
}

/**
 * Finds the images that the settings require in the host's Docker, with one query.
 *
 * @param hasExistingManagement true if the stack does not create the management cluster, which then pulls its own images
 * @param otherVersions versions of clusters whose class lists versions
 * @throws Error that names every missing image
 */
export const readImages = async (
  settings: Settings,
  manifests: StackManifests,
  hasExistingManagement: boolean,
  otherVersions: OtherVersions = {},
  idsOf = imageIds,
): Promise<StackImages> => {
  const local = settings.imageSource === "local";
  const capdLocal = settings.capd.source === "local" && !hasExistingManagement;
  const loadsManagement = local && !hasExistingManagement;
  const certManager = loadsManagement ? imagesOf(manifests.certManager.objects) : [];
  const providers = loadsManagement
    ? imagesOf([...manifests.providers, ...(manifests.management ?? [])].flatMap(({ objects }) => objects)).filter(
        (image) => image !== settings.capd.image,
      )
    : [];
  const workload = Object.fromEntries(
    settings.clusters.map((cluster) => [cluster.name, local ? workloadImages(cluster, settings, manifests) : []]),
  );
  const dockerClusters = settings.clusters.filter((cluster) => cluster.backend === "docker");
  const wanted = [
    ...certManager,
    ...providers,
    ...Object.values(workload).flat(),
    ...(loadsManagement ? [settings.management.nodeImage] : []),
    ...(local ? dockerClusters.flatMap(hostImagesOf) : []),
    ...(local ? dockerClusters.flatMap(({ name }) => otherVersions[name]?.between.map(stockNodeImage) ?? []) : []),
    ...(capdLocal ? [settings.capd.image] : []),
  ];
  const earlier = local
    ? dockerClusters.flatMap(({ name }) => Object.keys(otherVersions[name]?.running ?? {}).map(stockNodeImage))
    : [];
  const ids = await idsOf([...new Set([...wanted, ...earlier])]);
  const missing = [...new Set(wanted)].filter((image) => !Object.hasOwn(ids, image));
  if (missing.length > 0) {
    throw new Error(
      `imageSource: expected all images in this machine's Docker with the value local, got no ${missing.join(", ")}. ` +
        "Run make tools, which builds them, or set imageSource and capdImageSource to pull from a registry.",
    );
  }
  const capdId = ids[settings.capd.image];
  return {
    nodeImages: { certManager: idsOfImages(ids, certManager), providers: idsOfImages(ids, providers) },
    nodeRecipes: Object.fromEntries(
      dockerClusters.flatMap((cluster) => {
        const images = idsOfImages(ids, workload[cluster.name] ?? []);
        const recipes = nodeImagesOf(cluster).flatMap((base) => nodeImageRecipe(base, ids[base] ?? "", images) ?? []);
        return recipes.length > 0 ? [[cluster.name, recipes] as const] : [];
      }),
    ),
    otherRecipes: Object.fromEntries(
      dockerClusters.flatMap(({ name }) => {
        const other = otherVersions[name];
        if (other === undefined || !local) return [];
        const images = idsOfImages(ids, workload[name] ?? []);
        const recipesOf = (versions: readonly string[]): Record<string, NodeImageRecipe> =>
          Object.fromEntries(
            versions.flatMap((version) => {
              const base = stockNodeImage(version);
              const id = ids[base];
              const recipe = id === undefined ? undefined : nodeImageRecipe(base, id, images);
              return recipe === undefined ? [] : [[version, recipe] as const];
            }),
          );
        return [[name, { between: recipesOf(other.between), running: recipesOf(Object.keys(other.running)) }] as const];
      }),
    ),
    ...(capdLocal && capdId !== undefined ? { capdId } : {}),
  };
};

const idsOfImages = (ids: Readonly<Record<string, string>>, images: readonly string[]): Record<string, string> =>
  Object.fromEntries(images.map((image) => [image, ids[image] ?? ""]));

/**
 * Returns the images that a cluster's nodes cannot pull. MetalLB and the application are always included: this list is
 * part of the node image, and turning either of them on must not replace the nodes.
 */
export const workloadImages = (
  { backend, cni, manifests: extra, template }: ClusterSettings,
  { application, extraImages }: Settings,
  manifests: StackManifests,
): string[] => {
  if (!infrastructureOf(backend).onDocker) return [];
  const sources = [manifests.cni[cni], manifests.loadBalancer, ...extra.map((location) => manifests.extra[location])];
  const listed = imagesOf(sources.flatMap((manifest) => manifest?.objects ?? []));
  return [...listed, ...(template?.facts?.resourceImages ?? []), application.image, ...extraImages];
};
