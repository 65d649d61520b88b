import type { StuckFacts } from "../lib/stuck/facts";
import type { Ask } from "./asker";
import { readContainers, readMissingImages } from "./lookAtContainers";
import { readNodes } from "./lookAtNodes";
import { type ClusterPlace, readControllerLines, readInside, readObjects, readProviders } from "./lookAtObjects";

/** What does not run in a cluster of which Cluster API knows nothing: the management cluster itself, above all. */
export const lookAtPods = async (
  ask: Ask,
  file: string,
): Promise<Pick<StuckFacts, "providers" | "inside" | "unasked">> => {
  const unasked: string[] = [];
  const [providers, inside = []] = await Promise.all([readProviders(ask, file, []), readInside(ask, file, unasked)]);
  return { providers, inside, unasked };
};

/** Asks everything that tells why a cluster is not ready; what does not answer is left out and named. */
export const lookAtCluster = async (ask: Ask, place: ClusterPlace): Promise<StuckFacts> => {
  const { name, namespace, management, workload } = place;
  const unasked: string[] = [];
  const [objects, providers, containers, inside] = await Promise.all([
    readObjects(ask, place, unasked),
    readProviders(ask, management, []),
    readContainers(ask, name, unasked),
    workload === undefined ? undefined : readInside(ask, workload, unasked),
  ]);
  const [missingImages, controllerLines, nodes] = await Promise.all([
    readMissingImages(ask, objects),
    readControllerLines(ask, place, objects),
    readNodes(ask, objects, containers ?? []),
  ]);
  return {
    ...{ name, namespace, objects, providers, missingImages, controllerLines },
    ...{ nodes, unasked },
    ...(containers ? { containers } : {}),
    ...(inside ? { inside } : {}),
  };
};
