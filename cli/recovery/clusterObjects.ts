import { isAutoscaled } from "../../lib/base/autoscaler";
import { valueAt } from "../../lib/base/json";
import type { DeletedObject, ObjectReference, RecordedObject, RecordedResource } from "../../lib/plan/deletedObjects";
import type { ManagedFields } from "../../lib/plan/fieldOwners";
import {
  changedFields,
  fieldsWithoutOwnership,
  type ForeignChange,
  type ForeignFindings,
  isContested,
} from "../../lib/plan/foreignChanges";
import type { KubernetesApi } from "../../system/kubernetesApi";

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

/** Objects of a cluster by their keys. */
export type ListedObjects = ReadonlyMap<string, ListedObject>;

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

/**
 * Lists the objects of the required types, by their keys.
 *
 * @throws if the API server does not answer every request: silence is not a deletion
 */
export const listObjects = async (api: KubernetesApi, objects: readonly ObjectReference[]): Promise<ListedObjects> => {
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

/**
 * Returns a recorded object in the lists. An object without a namespace in its manifest may be in the namespace default. The
 * Kubernetes plugin records the namespace default for an object without one whose CRD did not exist yet.
 */
const listedAs = (listed: ListedObjects, object: ObjectReference): ListedObject | undefined => {
  const { namespace, ...other } = object;
  if (namespace === undefined)
    return listed.get(keyOf(object)) ?? listed.get(keyOf({ ...object, namespace: "default" }));
  return listed.get(keyOf(object)) ?? (namespace === "default" ? listed.get(keyOf(other)) : undefined);
};

const isEnding = (object: ListedObject | undefined): boolean => object?.metadata.deletionTimestamp !== undefined;

/** Returns the objects that are missing in the lists of a cluster, or are being deleted. */
export const missingIn = (
  listed: ListedObjects,
  cluster: string,
  objects: readonly RecordedObject[],
): DeletedObject[] =>
  objects.flatMap((object) => {
    const existing = listedAs(listed, object);
    if (existing && !isEnding(existing)) return [];
    const namespace = { apiVersion: "v1", kind: "Namespace", name: object.namespace ?? "" };
    return [{ ...object, cluster, isTerminating: isEnding(existing ?? listed.get(keyOf(namespace))) }];
  });

const annotationsOf = (inputs: Readonly<Record<string, unknown>>): unknown =>
  valueAt(inputs, "metadata", "annotations");

/**
 * Compares the owners of the objects' fields, which the lists contain. Only objects with a field of another owner are
 * read as a whole, so a cluster without foreign changes costs no request.
 */
export const foreignIn = async (
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
  // The program knows the annotations of its own objects. A change of the settings may remove these annotations.
  const autoscaled = pairs.filter(
    ({ existing, applied }) =>
      isAutoscaled(existing.metadata.annotations) && !isAutoscaled(annotationsOf(applied.inputs)),
  );
  return {
    changes: changes.flat(),
    autoscaled: autoscaled.map(({ object }) => object.urn),
    isContested: lost.some(({ applied, paths, managedFields }) => isContested(applied, paths, managedFields)),
  };
};
