import { valueAt } from "../../lib/base/json";
import { isRunning } from "../../lib/diagnosis/evidence";
import { type ApiObject, type Reference } from "../../lib/diagnosis/facts";
import type { ExecAnswer, Exec } from "../../system/exec";

/** Access to a cluster. */
export interface ClusterAccess {
  name: string;
  namespace: string;
  /** Path of the management cluster's kubeconfig. */
  management: string;
  /** Path of the cluster's own kubeconfig; absent if the file does not exist yet. */
  workload?: string;
}

/** Cluster API's resource types, which every cluster has with any provider. */
const coreKinds = ["clusters", "machinedeployments", "machinepools", "machinesets", "machines"];

/** Parses the objects in kubectl's output; adds an error to `unreachable`. */
const objectsOf = ({ text, failed }: ExecAnswer, what: string, unreachable: string[]): ApiObject[] => {
  // kubectl logs each attempt; the last line has the error.
  if (failed)
    unreachable.push(
      `${what}: ${/\berr="(.*)"$/.exec(text.split("\n").at(-1) ?? "")?.[1] ?? text.replace(/\s+/g, " ")}`,
    );
  return failed ? [] : (JSON.parse(text) as { items: ApiObject[] }).items;
};

/** Fields of `spec` that the diagnosis reads. Other fields are dropped, because a KubeadmConfig contains tokens. */
const reportedFields = [
  "replicas",
  "version",
  "infrastructureRef",
  "controlPlaneRef",
  "bootstrap",
  "backend",
  "customImage",
  "type",
  "nodeName",
];

const slim = ({ metadata, spec = {}, status, ...object }: ApiObject): ApiObject => {
  const { name, namespace, labels, ownerReferences, creationTimestamp, deletionTimestamp } = metadata;
  const now = Object.fromEntries(Object.entries(status ?? {}).filter(([key]) => key !== "deprecated"));
  const kept = { name, namespace, labels, ownerReferences, creationTimestamp, deletionTimestamp };
  const read = Object.fromEntries(Object.entries(spec).filter(([key]) => reportedFields.includes(key)));
  return { ...object, metadata: kept, spec: read, ...(status ? { status: now } : {}) };
};

const resource = ({ apiGroup, apiVersion, kind }: Reference): string =>
  `${kind.toLowerCase()}.${apiGroup ?? (apiVersion ?? "").split("/")[0]}`;

/** Reads the objects of Cluster API and its providers that belong to a cluster. */
export const readObjects = async (exec: Exec, place: ClusterAccess, unreachable: string[]): Promise<ApiObject[]> => {
  const { name, namespace, management } = place;
  const get = (kinds: readonly string[]): Promise<ExecAnswer> =>
    exec(
      ...(["kubectl", "--kubeconfig", management, "--namespace", namespace, "--request-timeout=10s"] as const),
      ...["get", kinds.join(","), "--output", "json"],
    );
  const belongs = ({ kind, metadata }: ApiObject): boolean =>
    kind === "Cluster" ? metadata.name === name : metadata.labels?.["cluster.x-k8s.io/cluster-name"] === name;
  const core = objectsOf(
    await get(coreKinds.map((kind) => `${kind}.cluster.x-k8s.io`)),
    "Cluster API",
    unreachable,
  ).filter(belongs);
  const references = core.flatMap((object) =>
    [
      valueAt(object, "spec", "infrastructureRef"),
      valueAt(object, "spec", "controlPlaneRef"),
      valueAt(object, "spec", "bootstrap", "configRef"),
    ].filter((reference): reference is Reference => reference !== undefined),
  );
  const kinds = [...new Set(references.map(resource))].sort();
  const providerObjects = kinds.length > 0 ? objectsOf(await get(kinds), kinds.join(", "), unreachable) : [];
  return [...core, ...providerObjects.filter((object) => belongs(object) || object.metadata.name === name)].map(slim);
};

const isProvider = ({ metadata }: ApiObject): boolean =>
  metadata.labels?.["cluster.x-k8s.io/provider"] !== undefined ||
  metadata.labels?.["app.kubernetes.io/instance"] === "cert-manager";

/** Reads the infrastructure controller's errors about the cluster's objects, each once. */
export const readControllerLines = async (
  exec: Exec,
  { management }: ClusterAccess,
  objects: readonly ApiObject[],
): Promise<string[]> => {
  const selector = "cluster.x-k8s.io/provider=infrastructure-docker";
  const { text, failed } = await exec(
    ...(["kubectl", "--kubeconfig", management, "--namespace", "capd-system", "logs"] as const),
    ...["--selector", selector, "--tail=400", "--since=15m", "--request-timeout=10s"],
  );
  if (failed) return [];
  const names = objects.map(({ metadata }) => `"${metadata.namespace}/${metadata.name}"`);
  const errors = text.split("\n").flatMap((line) => {
    if (!/^E\d{4} /.test(line) || !names.some((name) => line.includes(name))) return [];
    return /\berr="((?:[^"\\]|\\.)*)"/.exec(line)?.[1]?.replaceAll('\\"', '"') ?? [];
  });
  return [...new Set(errors.reverse())].slice(0, 5).reverse();
};

/** Returns true for objects that may explain a problem: no running pods and no normal events. */
const isRelevant = (object: ApiObject): boolean => {
  if (object.kind === "Event") return object.type === "Warning";
  if (object.kind === "Service") return valueAt(object, "spec", "type") === "LoadBalancer";
  return object.kind === "Node" || !isRunning(object);
};

/** Reads nodes and relevant objects of a workload cluster; returns undefined if its API does not answer. */
export const readWorkloadObjects = async (
  exec: Exec,
  file: string,
  unreachable: string[],
): Promise<ApiObject[] | undefined> => {
  const kinds = "nodes,pods,services,events";
  const answer = await exec(
    ...(["kubectl", "--kubeconfig", file, "--request-timeout=10s"] as const),
    ...["get", kinds, "--all-namespaces", "--output", "json"],
  );
  const missing: string[] = [];
  const objects = objectsOf(answer, "the cluster's API", missing);
  unreachable.push(...missing);
  if (missing.length > 0) return undefined;
  return objects.filter(isRelevant).map(slim);
};

/** Reads the Deployments of Cluster API's providers and of cert-manager. */
export const readProviders = async (exec: Exec, management: string, unreachable: string[]): Promise<ApiObject[]> => {
  const answer = await exec(
    ...(["kubectl", "--kubeconfig", management, "--request-timeout=10s"] as const),
    ...["get", "deployments", "--all-namespaces", "--output", "json"],
  );
  return objectsOf(answer, "controllers", unreachable).filter(isProvider).map(slim);
};
