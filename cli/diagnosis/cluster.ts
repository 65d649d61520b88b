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
import { type ClusterAccess, readControllerLines, readWorkloadObjects, readObjects, readProviders } from "./objects";

/** Reads providers and pods of a cluster that Cluster API does not manage, such as the management cluster. */
export const inspectPods = async (
  exec: Exec,
  file: string,
): Promise<Pick<StuckFacts, "providers" | "workloadObjects" | "unreachable">> => {
  const unreachable: string[] = [];
  const [providers, workloadObjects = []] = await Promise.all([
    readProviders(exec, file, []),
    readWorkloadObjects(exec, file, unreachable),
  ]);
  return { providers, workloadObjects, unreachable };
};

/** Waits for an answer, or returns undefined as soon as `isNeedless` is true. */
const readUnlessNeedless = <T>(answer: Promise<T>, isNeedless: Promise<boolean>): Promise<T | undefined> =>
  Promise.race([answer, isNeedless.then((needless) => (needless ? undefined : answer))]);

/** Reads the facts that explain why a cluster is not ready. `unreachable` names the sources that do not answer. */
export const inspectCluster = async (exec: Exec, place: ClusterAccess): Promise<StuckFacts> => {
  const { name, namespace, management, workload } = place;
  const unreachable: string[] = [];
  const objectsRead = readObjects(exec, place, unreachable);
  // The API server of a deleted cluster does not answer, so the read of its objects need not end.
  const isDeleted = objectsRead.then(
    (objects) => unreachable.length === 0 && objects.every(({ kind }) => kind !== "Cluster"),
  );
  const [objects, providers, containers, workloadObjects] = await Promise.all([
    objectsRead,
    readProviders(exec, management, []),
    readContainers(exec, name, unreachable),
    workload === undefined
      ? undefined
      : readUnlessNeedless(readWorkloadObjects(exec, workload, unreachable), isDeleted),
  ]);
  const [missingImages, controllerLines, nodes] = await Promise.all([
    readMissingImages(exec, objects),
    readControllerLines(exec, place, objects),
    readNodes(exec, objects, containers ?? []),
  ]);
  return {
    ...{ name, namespace, objects, providers, missingImages, controllerLines },
    ...{ nodes, unreachable },
    ...(containers ? { containers } : {}),
    ...(workloadObjects ? { workloadObjects } : {}),
  };
};

/** A stack's clusters with their kubeconfig files. A failed `up` has no outputs, but has written the files. */
export interface StackClusters {
  management?: string;
  clusters: { name: string; namespace: string; file?: string }[];
}

/** Returns the clusters in a stack's outputs and settings. */
export const findClusters = ({ checkout, stack }: Target, outputs: Outputs | undefined): StackClusters => {
  const { settings } = readStackFile(checkout, stack);
  const management = outputs?.managementCluster ?? settings?.management.name;
  const fileOf = (name: string | undefined): string | undefined => {
    if (name === undefined) return undefined;
    const file = kubeconfigFile(stack, name);
    return existsSync(join(checkout, file)) ? file : undefined;
  };
  // Existing files stay: a running `up` may have written files of clusters that are not in the outputs yet.
  if (fileOf(management) === undefined && outputs?.kubeconfigs) writeKubeconfigs(checkout, stack, outputs.kubeconfigs);
  const listed = new Map(
    [...(outputs?.clusters ?? []), ...(settings?.clusters ?? [])].map(({ name, namespace }) => [name, namespace]),
  );
  const file = fileOf(management);
  return {
    ...(file === undefined ? {} : { management: file }),
    clusters: [...listed].map(([name, namespace]) => {
      const kubeconfig = fileOf(name);
      return { name, namespace, ...(kubeconfig === undefined ? {} : { file: kubeconfig }) };
    }),
  };
};

/** Diagnoses all clusters at the same time, because a cluster that does not answer causes a wait. */
export const clusterStates = async (exec: Exec, { management, clusters }: StackClusters): Promise<Diagnosis[]> =>
  management === undefined
    ? []
    : Promise.all(
        clusters.map(async ({ name, namespace, file }) =>
          whyStuck(await inspectCluster(exec, { name, namespace, management, ...(file ? { workload: file } : {}) })),
        ),
      );
