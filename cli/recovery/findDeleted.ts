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
import type { ManagedFields } from "../../lib/plan/fieldOwners";
import { isAutoscaled } from "../../lib/base/autoscaler";
import {
  changedFields,
  fieldsWithoutOwnership,
  type ForeignChange,
  type ForeignFindings,
  isContested,
} from "../../lib/plan/foreignChanges";
import { type KubernetesApi, openApi } from "../../system/kubernetesApi";
import type { Target } from "../pulumi/run";

interface ApiResource {
  name: string;
  kind: string;
}

interface Metadata {
  name: string;
  namespace?: string;
  deletionTimestamp?: string;
  annotations?: Record<string, string>;
  managedFields?: ManagedFields[];
}

/** An object in a list of its cluster. */
interface ListedObject {
  metadata: Metadata;
  /** Path of the object in the API. */
  path: string;
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

/** Lists the objects of the required types, by their keys. */
const listObjects = async (
  api: KubernetesApi,
  objects: readonly ObjectReference[],
): Promise<ReadonlyMap<string, ListedObject>> => {
  // An answer to this path proves that an API server runs, so a 404 means a missing path.
  if ((await answerOf(api, "/api/v1")) === undefined) throw new Error("/api/v1 answered with status 404");
  const listed = new Map<string, ListedObject>();
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
          const list = (await answerOf(api, `${groupPath(apiVersion)}/${type}`)) as
            { items?: { metadata: Metadata }[] } | undefined;
          for (const { metadata } of list?.items ?? []) {
            const { name, namespace } = metadata;
            const key = keyOf({ apiVersion, kind, name, ...(namespace ? { namespace } : {}) });
            const folder = namespace ? `namespaces/${namespace}/` : "";
            listed.set(key, { metadata, path: `${groupPath(apiVersion)}/${folder}${type}/${name}` });
          }
        }),
      );
    }),
  );
  return listed;
};

type ListedObjects = ReadonlyMap<string, ListedObject>;

/** Returns a recorded object in the lists. An object without a namespace in its manifest may be in the namespace default. */
const listedAs = (listed: ListedObjects, object: ObjectReference): ListedObject | undefined =>
  listed.get(keyOf(object)) ?? listed.get(keyOf({ ...object, namespace: "default" }));

const isEnding = (object: ListedObject | undefined): boolean => object?.metadata.deletionTimestamp !== undefined;

const missingIn = (listed: ListedObjects, cluster: string, objects: readonly RecordedObject[]): DeletedObject[] =>
  objects.flatMap((object) => {
    const existing = listedAs(listed, object);
    if (existing && !isEnding(existing)) return [];
    const namespace = { apiVersion: "v1", kind: "Namespace", name: object.namespace ?? "" };
    return [{ ...object, cluster, isTerminating: isEnding(existing ?? listed.get(keyOf(namespace))) }];
  });

/**
 * Returns the objects that are missing in a cluster, or are being deleted.
 *
 * @throws if the API server does not answer every request: silence is not a deletion
 */
export const findMissing = async (
  api: KubernetesApi,
  cluster: string,
  objects: readonly RecordedObject[],
): Promise<DeletedObject[]> => missingIn(await listObjects(api, objects), cluster, objects);

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

/**
 * Compares the owners of the objects' fields, which the lists contain. Only objects with a field of another owner are
 * read as a whole, so a cluster without foreign changes costs no request.
 */
const foreignIn = async (
  api: KubernetesApi,
  listed: ListedObjects,
  cluster: string,
  objects: readonly RecordedObject[],
  recorded: ReadonlyMap<string, RecordedResource>,
): Promise<ForeignFindings> => {
  const pairs = objects.flatMap((object) => {
    const existing = listedAs(listed, object);
    const { inputs, outputs } = recorded.get(object.urn) ?? {};
    return existing && !isEnding(existing) && inputs && outputs
      ? [{ object, existing, applied: { inputs, outputs } }]
      : [];
  });
  const lost = pairs.flatMap(({ object, existing: { metadata, path }, applied }) => {
    const managedFields = metadata.managedFields ?? [];
    const paths = fieldsWithoutOwnership(applied, managedFields, metadata.annotations);
    return paths.length === 0 ? [] : [{ object, path, applied, managedFields, paths }];
  });
  const changes = await Promise.all(
    lost.map(async ({ object, path, applied, paths }): Promise<ForeignChange[]> => {
      const { status, body } = await api.getObject(path);
      const fields = status === 200 ? changedFields(applied, paths, body as Record<string, unknown>) : [];
      return fields.length === 0 ? [] : [{ urn: object.urn, cluster, object, fields }];
    }),
  );
  const autoscaled = pairs.filter(({ existing }) => isAutoscaled(existing.metadata.annotations));
  return {
    changes: changes.flat(),
    autoscaled: autoscaled.map(({ object }) => object.urn),
    isContested: lost.some(({ applied, paths, managedFields }) => isContested(applied, paths, managedFields)),
  };
};

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
  const workloads = new Set(
    resources.filter(({ type }) => type === "slipway:index:WorkloadCluster").map(({ urn }) => nameOf(urn)),
  );
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
