import { existsSync } from "node:fs";
import { join } from "node:path";
import { kubeconfigFile } from "../../lib/base/paths";
import { workloadComponent } from "../../lib/base/stackParts";
import { nameOf } from "../../lib/base/urn";
import {
  type DeletedObject,
  findLostClusters,
  findSecretWriters,
  type RecordedObject,
  recordedObjects,
  type RecordedResource,
} from "../../lib/plan/deletedObjects";
import type { Deletions } from "../../lib/plan/deletionText";
import type { ForeignFindings } from "../../lib/plan/foreignChanges";
import { type KubernetesApi, openApi } from "../../system/kubernetesApi";
import type { Target } from "../pulumi/run";
import { foreignIn, listObjects, missingIn } from "./clusterObjects";

/** What the search found in one cluster. */
export interface Findings {
  missing: DeletedObject[];
  foreign: ForeignFindings;
}

const mergeFindings = (findings: readonly Findings[]): Findings => ({
  missing: findings.flatMap(({ missing }) => missing),
  foreign: {
    changes: findings.flatMap(({ foreign }) => foreign.changes),
    autoscaled: findings.flatMap(({ foreign }) => foreign.autoscaled),
    isContested: findings.some(({ foreign }) => foreign.isContested),
  },
});

/** Opens a cluster's API. Tests replace it. */
export type OpenApi = (cluster: string) => Promise<KubernetesApi>;

const openClusterApi =
  ({ checkout, stack, variables }: Target): OpenApi =>
  (cluster) =>
    openApi(kubeconfigFile(stack, cluster), checkout, variables);

/** The last answer of each cluster, which repeated searches share. */
export type LastAnswers = Map<string, Findings>;

/**
 * Returns the cluster's deleted and changed objects. A cluster that does not answer keeps its last answer; its first one
 * is empty.
 */
const searchCluster = async (
  cluster: string,
  objects: readonly RecordedObject[],
  open: OpenApi,
  recorded: ReadonlyMap<string, RecordedResource>,
  answers: LastAnswers,
): Promise<Findings> => {
  const api = await open(cluster).catch(() => undefined);
  const search = async (api: KubernetesApi): Promise<Findings> => {
    const listed = await listObjects(api, objects);
    const foreign = await foreignIn(api, listed, cluster, objects, recorded);
    return { missing: missingIn(listed, cluster, objects), foreign };
  };
  try {
    // A busy API server may be late once. Silence, a refusal or a partial answer proves nothing.
    if (api !== undefined) answers.set(cluster, await search(api).catch(() => search(api)));
  } catch {
    // The last answer stays.
  } finally {
    api?.close();
  }
  return answers.get(cluster) ?? mergeFindings([]);
};

/**
 * Compares a stack's state with the objects of its clusters. Clusters without a kubeconfig file, or without an answer of
 * their API server, are left out. Lost workload clusters are not queried.
 *
 * @param answers last answers of an earlier search, which silent clusters keep; default: none
 */
export const findDeletions = async (
  target: Target,
  resources: readonly RecordedResource[],
  open: OpenApi = openClusterApi(target),
  answers: LastAnswers = new Map(),
): Promise<Deletions> => {
  const hasFile = (cluster: string): boolean =>
    existsSync(join(target.checkout, kubeconfigFile(target.stack, cluster)));
  const managedObjects = recordedObjects(resources);
  const readObjects = recordedObjects(resources, true);
  const names = [...new Set([...managedObjects.keys(), ...readObjects.keys()])].filter(hasFile);
  const workloads = new Set(resources.filter(({ type }) => type === workloadComponent).map(({ urn }) => nameOf(urn)));
  const recorded = new Map(resources.map((resource) => [resource.urn, resource]));
  const search = async (clusters: readonly string[]): Promise<Findings> => {
    const objectsOf = (cluster: string) => [
      ...(managedObjects.get(cluster) ?? []),
      ...(readObjects.get(cluster) ?? []),
    ];
    return mergeFindings(
      await Promise.all(clusters.map((cluster) => searchCluster(cluster, objectsOf(cluster), open, recorded, answers))),
    );
  };

  const managed = await search(names.filter((name) => !workloads.has(name)));
  const clusters = findLostClusters(resources, managed.missing);
  const isLost = (name: string): boolean => clusters.some((cluster) => cluster.name === name);
  const inWorkloads = await search(names.filter((name) => workloads.has(name) && !isLost(name)));
  const lostUrns = new Set(clusters.flatMap(({ urns }) => urns));
  const { missing, foreign } = mergeFindings([managed, inWorkloads]);
  const changes = foreign.changes.filter(({ urn }) => !lostUrns.has(urn));
  const isAnything = changes.length > 0 || foreign.autoscaled.length > 0 || foreign.isContested;
  const kept = missing.filter(({ urn }) => !lostUrns.has(urn));
  const readUrns = new Set([...readObjects.values()].flat().map(({ urn }) => urn));
  const isRead = ({ urn }: DeletedObject): boolean => readUrns.has(urn);
  return {
    clusters,
    objects: kept.filter((object) => !isRead(object)),
    secrets: findSecretWriters(resources, kept.filter(isRead)),
    ...(isAnything ? { foreign: { ...foreign, changes } } : {}),
  };
};
