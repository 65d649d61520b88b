import type { ClusterSpec } from "./clusterObjects";
import type { ClusterSettings } from "./settings";

/** What Cluster API is asked for, from a cluster's settings and the images its nodes cannot pull. */
export const clusterSpec = (cluster: ClusterSettings, preLoadImages: string[]): ClusterSpec => ({
  ...cluster,
  preLoadImages,
  backend: "docker",
});
