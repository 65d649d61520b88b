import { existsSync } from "node:fs";
import { join } from "node:path";
import { kubeconfigFile } from "../../lib/base/paths";
import { type Diagnosis, whyStuck } from "../../lib/diagnosis/diagnose";
import type { StuckFacts } from "../../lib/diagnosis/facts";
import { readStackFile } from "../../preflight/stackFile";
import type { Exec } from "../../system/exec";
import { writeKubeconfigs } from "../actions/report";
import type { Outputs, Target } from "../pulumi/run";
import { readContainers, readMissingImages } from "./containers";
import { readNodes } from "./nodes";
import { type ClusterPlace, readControllerLines, readInside, readObjects, readProviders } from "./objects";

/** What does not run in a cluster of which Cluster API knows nothing: the management cluster itself, above all. */
export const lookAtPods = async (
  ask: Exec,
  file: string,
): Promise<Pick<StuckFacts, "providers" | "workloadObjects" | "unreachable">> => {
  const unreachable: string[] = [];
  const [providers, workloadObjects = []] = await Promise.all([
    readProviders(ask, file, []),
    readInside(ask, file, unreachable),
  ]);
  return { providers, workloadObjects, unreachable };
};

/** An answer, or undefined as soon as `isNeedless` turns out true. */
const unlessSooner = <T>(answer: Promise<T>, isNeedless: Promise<boolean>): Promise<T | undefined> =>
  Promise.race([answer, isNeedless.then((needless) => (needless ? undefined : answer))]);

/** Asks everything that tells why a cluster is not ready; what does not answer is left out and named. */
export const lookAtCluster = async (ask: Exec, place: ClusterPlace): Promise<StuckFacts> => {
  const { name, namespace, management, workload } = place;
  const unreachable: string[] = [];
  const objectsRead = readObjects(ask, place, unreachable);
  // The API server of a deleted cluster does not answer, and nobody has to wait for that.
  const isDeleted = objectsRead.then(
    (objects) => unreachable.length === 0 && objects.every(({ kind }) => kind !== "Cluster"),
  );
  const [objects, providers, containers, workloadObjects] = await Promise.all([
    objectsRead,
    readProviders(ask, management, []),
    readContainers(ask, name, unreachable),
    workload === undefined ? undefined : unlessSooner(readInside(ask, workload, unreachable), isDeleted),
  ]);
  const [missingImages, controllerLines, nodes] = await Promise.all([
    readMissingImages(ask, objects),
    readControllerLines(ask, place, objects),
    readNodes(ask, objects, containers ?? []),
  ]);
  return {
    ...{ name, namespace, objects, providers, missingImages, controllerLines },
    ...{ nodes, unreachable },
    ...(containers ? { containers } : {}),
    ...(workloadObjects ? { workloadObjects } : {}),
  };
};

/** A stack's clusters and the files that lead to them; an `up` that broke has no outputs, but leaves the files. */
export interface StackClusters {
  management?: string;
  clusters: { name: string; namespace: string; file?: string }[];
}

/** Finds a stack's clusters: those of its outputs and those of its settings. */
export const findClusters = ({ checkout, stack }: Target, outputs: Outputs | undefined): StackClusters => {
  const { settings } = readStackFile(checkout, stack);
  const management = outputs?.managementCluster ?? settings?.management.name;
  const fileOf = (name: string | undefined): string | undefined => {
    if (name === undefined) return undefined;
    const file = kubeconfigFile(stack, name);
    return existsSync(join(checkout, file)) ? file : undefined;
  };
  // Never where there are some already: an `up` may be at work with files of clusters that no output names yet.
  if (fileOf(management) === undefined && outputs?.kubeconfigs) writeKubeconfigs(checkout, stack, outputs.kubeconfigs);
  const listed = new Map(
    [...(outputs?.clusters ?? []), ...(settings?.clusters ?? [])].map(({ name, namespace }) => [name, namespace]),
  );
  const file = fileOf(management);
  return {
    ...(file === undefined ? {} : { management: file }),
    clusters: [...listed].map(([name, namespace]) => {
      const own = fileOf(name);
      return { name, namespace, ...(own === undefined ? {} : { file: own }) };
    }),
  };
};

/** Looks at all clusters at once: each question may have to wait for one that does not answer. */
export const clusterStates = async (ask: Exec, { management, clusters }: StackClusters): Promise<Diagnosis[]> =>
  management === undefined
    ? []
    : Promise.all(
        clusters.map(async ({ name, namespace, file }) =>
          whyStuck(await lookAtCluster(ask, { name, namespace, management, ...(file ? { workload: file } : {}) })),
        ),
      );
