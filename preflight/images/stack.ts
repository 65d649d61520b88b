import { infrastructureOf } from "../../lib/cluster/infrastructure";
import { type NodeImageRecipe, nodeImageRecipe } from "../../lib/kubernetes/images";
import { imagesOf } from "../../lib/kubernetes/object";
import type { ClusterSettings, Settings } from "../../lib/settings/types";
import { imageIds } from "../../system/docker";
import type { StackManifests } from "../manifests/stack";

/** Images that come from the host's Docker, by who needs them. */
export interface StackImages {
  /** What the management cluster's node gets, ids by reference; CAPD's is apart. */
  readonly nodeImages: { certManager: Record<string, string>; providers: Record<string, string> };
  /** Node images with what a cluster's nodes cannot pull, by the cluster's name; none where they pull everything. */
  readonly nodeRecipes: Readonly<Record<string, NodeImageRecipe>>;
  /** Id of CAPD's image, where it is taken from the host's Docker. */
  readonly capdId?: string;
}

/**
 * Looks for the images that the settings want of the host's Docker, all in one question.
 *
 * @param given whether the management cluster is someone else's, who sees to its images
 * @throws Error that names every image that is not there
 */
export const readImages = async (
  settings: Settings,
  manifests: StackManifests,
  given: boolean,
  idsOf = imageIds,
): Promise<StackImages> => {
  const local = settings.imageSource === "local";
  const capdLocal = settings.capd.source === "local" && !given;
  const ours = local && !given;
  const certManager = ours ? imagesOf(manifests.certManager.objects) : [];
  const providers = ours
    ? imagesOf(manifests.providers.flatMap(({ objects }) => objects)).filter((image) => image !== settings.capd.image)
    : [];
  const workload = Object.fromEntries(
    settings.clusters.map((cluster) => [cluster.name, local ? workloadImages(cluster, settings, manifests) : []]),
  );
  const real = settings.clusters.filter((cluster) => cluster.backend === "docker");
  const wanted = [
    ...certManager,
    ...providers,
    ...Object.values(workload).flat(),
    ...(ours ? [settings.management.nodeImage] : []),
    ...(local ? real.map(({ nodeImage }) => nodeImage) : []),
    ...(capdLocal ? [settings.capd.image] : []),
  ];
  const ids = await idsOf([...new Set(wanted)]);
  const missing = [...new Set(wanted)].filter((image) => !Object.hasOwn(ids, image));
  if (missing.length > 0) {
    throw new Error(
      `imageSource: local, but Docker on this machine lacks ${missing.join(", ")}; run make tools, which makes them, ` +
        "or set imageSource and capdImageSource to what a registry serves",
    );
  }
  const capdId = ids[settings.capd.image];
  return {
    nodeImages: { certManager: idsOfImages(ids, certManager), providers: idsOfImages(ids, providers) },
    nodeRecipes: Object.fromEntries(
      real.flatMap(({ name, nodeImage }) => {
        const recipe = nodeImageRecipe(nodeImage, ids[nodeImage] ?? "", idsOfImages(ids, workload[name] ?? []));
        return recipe ? [[name, recipe] as const] : [];
      }),
    ),
    ...(capdLocal && capdId !== undefined ? { capdId } : {}),
  };
};

const idsOfImages = (ids: Readonly<Record<string, string>>, images: readonly string[]): Record<string, string> =>
  Object.fromEntries(images.map((image) => [image, ids[image] ?? ""]));

/**
 * What a cluster's nodes cannot pull. MetalLB and the application count whether they are on or not: nodes are made of
 * this list, and turning either on must not roll them.
 */
export const workloadImages = (
  { backend, cni, manifests: extra }: ClusterSettings,
  { application, extraImages }: Settings,
  manifests: StackManifests,
): string[] => {
  if (!infrastructureOf(backend).onDocker) return [];
  const own = [manifests.cni[cni], manifests.loadBalancer, ...extra.map((location) => manifests.extra[location])];
  return [...imagesOf(own.flatMap((manifest) => manifest?.objects ?? [])), application.image, ...extraImages];
};
