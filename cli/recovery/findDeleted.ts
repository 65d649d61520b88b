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

/** A path's answer; undefined for a path that the API server does not know. */
const answerOf = async (api: KubernetesApi, path: string): Promise<unknown> => {
  const { status, body } = await api.get(path);
  if (status === 404) return undefined;
  if (status !== 200) throw new Error(`${path} answered with status ${status}`);
  return body;
};

/** Lists the objects of each type that is asked for: whether they are being deleted, by their keys. */
const listObjects = async (
  api: KubernetesApi,
  objects: readonly ObjectReference[],
): Promise<ReadonlyMap<string, boolean>> => {
  // An answer to this one proves that an API server speaks, and that a 404 is its own.
  if ((await answerOf(api, "/api/v1")) === undefined) throw new Error("/api/v1 answered with status 404");
  const found = new Map<string, boolean>();
  const versions = [...new Set(["v1", ...objects.map(({ apiVersion }) => apiVersion)])];
  await Promise.all(
    versions.map(async (apiVersion) => {
      const known = (await answerOf(api, groupPath(apiVersion))) as { resources?: ApiResource[] } | undefined;
      const wanted = new Set(objects.filter((object) => object.apiVersion === apiVersion).map(({ kind }) => kind));
      // A namespace that is being deleted takes no new object.
      if (apiVersion === "v1") wanted.add("Namespace");
      const types = (known?.resources ?? []).filter(({ name, kind }) => wanted.has(kind) && !name.includes("/"));
      await Promise.all(
        types.map(async ({ name: type, kind }) => {
          const list = (await answerOf(api, `${groupPath(apiVersion)}/${type}`)) as { items?: Item[] } | undefined;
          for (const { metadata } of list?.items ?? []) {
            const { name, namespace, deletionTimestamp } = metadata;
            const key = keyOf({ apiVersion, kind, name, ...(namespace ? { namespace } : {}) });
            found.set(key, deletionTimestamp !== undefined);
          }
        }),
      );
    }),
  );
  return found;
};

/**
 * Finds the objects that a cluster no longer has, or is deleting.
 *
 * @throws if the API server does not answer every question: silence is not a deletion
 */
export const findMissing = async (
  api: KubernetesApi,
  cluster: string,
  objects: readonly RecordedObject[],
): Promise<DeletedObject[]> => {
  const found = await listObjects(api, objects);
  return objects.flatMap((object) => {
    // An object without a namespace in its manifest is cluster-wide, or it is in the namespace default.
    const isTerminating = found.get(keyOf(object)) ?? found.get(keyOf({ ...object, namespace: "default" }));
    if (isTerminating === false) return [];
    const namespace = { apiVersion: "v1", kind: "Namespace", name: object.namespace ?? "" };
    return [{ ...object, cluster, isTerminating: isTerminating ?? found.get(keyOf(namespace)) ?? false }];
  });
};

/** Opens a cluster's API; tests give their own. */
export type OpenApi = (cluster: string) => Promise<KubernetesApi>;

const openClusterApi =
  ({ checkout, stack, variables }: Target): OpenApi =>
  (cluster) =>
    openApi(kubeconfigFile(stack, cluster), checkout, variables);

/** The cluster's deleted objects; none for a cluster that does not answer. */
const deletedIn = async (
  cluster: string,
  objects: readonly RecordedObject[],
  open: OpenApi,
): Promise<DeletedObject[]> => {
  const api = await open(cluster).catch(() => undefined);
  try {
    return api === undefined ? [] : await findMissing(api, cluster, objects);
  } catch {
    return []; // silence, a refusal or half an answer proves nothing
  } finally {
    api?.close();
  }
};

/**
 * Compares a stack's state with what its clusters have. A cluster without a kubeconfig file, or one whose API server does
 * not answer, is left out. A lost workload cluster is not asked.
 */
export const findDeletions = async (
  target: Target,
  resources: readonly RecordedResource[],
  open: OpenApi = openClusterApi(target),
): Promise<Deletions> => {
  const hasFile = (cluster: string): boolean =>
    existsSync(join(target.checkout, kubeconfigFile(target.stack, cluster)));
  const own = recordedObjects(resources);
  const read = recordedObjects(resources, true);
  const names = [...new Set([...own.keys(), ...read.keys()])].filter(hasFile);
  const workloads = new Set(
    resources.filter(({ type }) => type === "slipway:index:WorkloadCluster").map(({ urn }) => nameOf(urn)),
  );
  const search = async (clusters: readonly string[]): Promise<DeletedObject[]> => {
    const objectsOf = (cluster: string) => [...(own.get(cluster) ?? []), ...(read.get(cluster) ?? [])];
    return (await Promise.all(clusters.map((cluster) => deletedIn(cluster, objectsOf(cluster), open)))).flat();
  };

  const managed = await search(names.filter((name) => !workloads.has(name)));
  const clusters = findLostClusters(resources, managed);
  const isLost = (name: string): boolean => clusters.some((cluster) => cluster.name === name);
  const inside = await search(names.filter((name) => workloads.has(name) && !isLost(name)));
  const lostUrns = new Set(clusters.flatMap(({ urns }) => urns));
  const kept = [...managed, ...inside].filter(({ urn }) => !lostUrns.has(urn));
  const readUrns = new Set([...read.values()].flat().map(({ urn }) => urn));
  const isRead = ({ urn }: DeletedObject): boolean => readUrns.has(urn);
  return {
    clusters,
    objects: kept.filter((object) => !isRead(object)),
    secrets: findSecretWriters(resources, kept.filter(isRead)),
  };
};
