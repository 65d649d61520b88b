import { existsSync } from "node:fs";
import { join } from "node:path";
import { kubeconfigFile } from "../../lib/base/paths";
import { nameOf } from "../../lib/base/urn";
import {
  type DeletedObject,
  findLostClusters,
  findSecretWriters,
  type ObjectReference,
  type RecordedObject,
  recordedObjects,
  type RecordedResource,
} from "../../lib/plan/deletedObjects";
import type { Deletions } from "../../lib/plan/deletionText";
import { type KubernetesApi, openApi } from "../../system/kubernetesApi";
import type { Target } from "../pulumi/run";

interface ApiResource {
  name: string;
  kind: string;
}

interface Item {
  metadata: { name: string; namespace?: string; deletionTimestamp?: string };
}

const groupPath = (apiVersion: string): string => (apiVersion.includes("/") ? `/apis/${apiVersion}` : "/api/v1");

const keyOf = ({ apiVersion, kind, namespace, name }: ObjectReference): string =>
  [apiVersion, kind, namespace ?? "", name].join("|");

/** Reads a path; returns undefined for a path that the API server does not know. */
const answerOf = async (api: KubernetesApi, path: string): Promise<unknown> => {
  const { status, body } = await api.get(path);
  if (status === 404) return undefined;
  if (status !== 200) throw new Error(`${path} answered with status ${status}`);
  return body;
};

/** Lists the objects of the required types. The result maps an object's key to true if the object is being deleted. */
const listObjects = async (
  api: KubernetesApi,
  objects: readonly ObjectReference[],
): Promise<ReadonlyMap<string, boolean>> => {
  // An answer to this path proves that an API server runs, so a 404 means a missing path.
  if ((await answerOf(api, "/api/v1")) === undefined) throw new Error("/api/v1 answered with status 404");
  const states = new Map<string, boolean>();
  const versions = [...new Set(["v1", ...objects.map(({ apiVersion }) => apiVersion)])];
  await Promise.all(
    versions.map(async (apiVersion) => {
      const known = (await answerOf(api, groupPath(apiVersion))) as { resources?: ApiResource[] } | undefined;
      const wanted = new Set(objects.filter((object) => object.apiVersion === apiVersion).map(({ kind }) => kind));
      // A namespace that is being deleted accepts no new objects.
      if (apiVersion === "v1") wanted.add("Namespace");
      const types = (known?.resources ?? []).filter(({ name, kind }) => wanted.has(kind) && !name.includes("/"));
      await Promise.all(
        types.map(async ({ name: type, kind }) => {
          const list = (await answerOf(api, `${groupPath(apiVersion)}/${type}`)) as { items?: Item[] } | undefined;
          for (const { metadata } of list?.items ?? []) {
            const { name, namespace, deletionTimestamp } = metadata;
            const key = keyOf({ apiVersion, kind, name, ...(namespace ? { namespace } : {}) });
            states.set(key, deletionTimestamp !== undefined);
          }
        }),
      );
    }),
  );
  return states;
};

/**
 * Returns the objects that are missing in a cluster, or are being deleted.
 *
 * @throws if the API server does not answer every request: silence is not a deletion
 */
export const findMissing = async (
  api: KubernetesApi,
  cluster: string,
  objects: readonly RecordedObject[],
): Promise<DeletedObject[]> => {
  const states = await listObjects(api, objects);
  return objects.flatMap((object) => {
    // An object without a namespace in its manifest is cluster-wide, or it is in the namespace default.
    const isTerminating = states.get(keyOf(object)) ?? states.get(keyOf({ ...object, namespace: "default" }));
    if (isTerminating === false) return [];
    const namespace = { apiVersion: "v1", kind: "Namespace", name: object.namespace ?? "" };
    return [{ ...object, cluster, isTerminating: isTerminating ?? states.get(keyOf(namespace)) ?? false }];
  });
};

/** Opens a cluster's API. Tests replace it. */
export type OpenApi = (cluster: string) => Promise<KubernetesApi>;

const openClusterApi =
  ({ checkout, stack, variables }: Target): OpenApi =>
  (cluster) =>
    openApi(kubeconfigFile(stack, cluster), checkout, variables);

/** The last answer of each cluster, which repeated searches share. */
export type LastAnswers = Map<string, readonly DeletedObject[]>;

/** Returns the cluster's deleted objects. A cluster that does not answer keeps its last answer; its first one is empty. */
const deletedIn = async (
  cluster: string,
  objects: readonly RecordedObject[],
  open: OpenApi,
  answers: LastAnswers,
): Promise<readonly DeletedObject[]> => {
  const api = await open(cluster).catch(() => undefined);
  try {
    if (api !== undefined) answers.set(cluster, await findMissing(api, cluster, objects));
  } catch {
    // silence, a refusal or a partial answer proves nothing
  } finally {
    api?.close();
  }
  return answers.get(cluster) ?? [];
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
  const workloads = new Set(
    resources.filter(({ type }) => type === "slipway:index:WorkloadCluster").map(({ urn }) => nameOf(urn)),
  );
  const search = async (clusters: readonly string[]): Promise<DeletedObject[]> => {
    const objectsOf = (cluster: string) => [
      ...(managedObjects.get(cluster) ?? []),
      ...(readObjects.get(cluster) ?? []),
    ];
    return (await Promise.all(clusters.map((cluster) => deletedIn(cluster, objectsOf(cluster), open, answers)))).flat();
  };

  const managed = await search(names.filter((name) => !workloads.has(name)));
  const clusters = findLostClusters(resources, managed);
  const isLost = (name: string): boolean => clusters.some((cluster) => cluster.name === name);
  const inWorkloads = await search(names.filter((name) => workloads.has(name) && !isLost(name)));
  const lostUrns = new Set(clusters.flatMap(({ urns }) => urns));
  const kept = [...managed, ...inWorkloads].filter(({ urn }) => !lostUrns.has(urn));
  const readUrns = new Set([...readObjects.values()].flat().map(({ urn }) => urn));
  const isRead = ({ urn }: DeletedObject): boolean => readUrns.has(urn);
  return {
    clusters,
    objects: kept.filter((object) => !isRead(object)),
    secrets: findSecretWriters(resources, kept.filter(isRead)),
  };
};
