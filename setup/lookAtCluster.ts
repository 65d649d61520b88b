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

/** An answer, or undefined as soon as `isNeedless` turns out true. */
const unlessSooner = <T>(answer: Promise<T>, isNeedless: Promise<boolean>): Promise<T | undefined> =>
  Promise.race([answer, isNeedless.then((needless) => (needless ? undefined : answer))]);

/** Asks everything that tells why a cluster is not ready; what does not answer is left out and named. */
export const lookAtCluster = async (ask: Ask, place: ClusterPlace): Promise<StuckFacts> => {
  const { name, namespace, management, workload } = place;
  const unasked: string[] = [];
  const objectsRead = readObjects(ask, place, unasked);
  // The API server of a deleted cluster does not answer, and nobody has to wait for that.
  const isDeleted = objectsRead.then(
    (objects) => unasked.length === 0 && objects.every(({ kind }) => kind !== "Cluster"),
  );
  const [objects, providers, containers, inside] = await Promise.all([
    objectsRead,
    readProviders(ask, management, []),
    readContainers(ask, name, unasked),
    workload === undefined ? undefined : unlessSooner(readInside(ask, workload, unasked), isDeleted),
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
