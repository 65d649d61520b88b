import { valueAt } from "../../lib/base/json";
import { isRunning } from "../../lib/diagnosis/evidence";
import { type ApiObject, type Reference } from "../../lib/diagnosis/facts";
import type { ExecAnswer, Exec } from "../../system/exec";

/** Where a cluster is looked at. */
export interface ClusterPlace {
  name: string;
  namespace: string;
  /** Kubeconfig of the management cluster. */
  management: string;
  /** Kubeconfig of the cluster itself; absent where there is none yet. */
  workload?: string;
}

/** Kinds that every cluster has whatever its providers are. */
const coreKinds = ["clusters", "machinedeployments", "machinesets", "machines"];

/** Objects of an answer of kubectl; what went wrong is added to `unasked`. */
const objectsOf = ({ text, failed }: ExecAnswer, what: string, unasked: string[]): ApiObject[] => {
  // kubectl logs each attempt; what it says last is the message.
  if (failed)
    unasked.push(`${what}: ${/\berr="(.*)"$/.exec(text.split("\n").at(-1) ?? "")?.[1] ?? text.replace(/\s+/g, " ")}`);
  return failed ? [] : (JSON.parse(text) as { items: ApiObject[] }).items;
};

/** Of a `spec`, what the search for a cause reads; a KubeadmConfig's holds tokens, which are nobody's business. */
const told = [
  "replicas",
  "version",
  "infrastructureRef",
  "controlPlaneRef",
  "bootstrap",
  "backend",
  "type",
  "nodeName",
];

const slim = ({ metadata, spec = {}, status, ...object }: ApiObject): ApiObject => {
  const { name, namespace, labels, ownerReferences, creationTimestamp, deletionTimestamp } = metadata;
  const now = Object.fromEntries(Object.entries(status ?? {}).filter(([key]) => key !== "deprecated"));
  const kept = { name, namespace, labels, ownerReferences, creationTimestamp, deletionTimestamp };
  const read = Object.fromEntries(Object.entries(spec).filter(([key]) => told.includes(key)));
  return { ...object, metadata: kept, spec: read, ...(status ? { status: now } : {}) };
};

const resource = ({ apiGroup, apiVersion, kind }: Reference): string =>
  `${kind.toLowerCase()}.${apiGroup ?? (apiVersion ?? "").split("/")[0]}`;

/** What Cluster API and the providers know of a cluster. */
export const readObjects = async (ask: Exec, place: ClusterPlace, unasked: string[]): Promise<ApiObject[]> => {
  const { name, namespace, management } = place;
  const get = (kinds: readonly string[]): Promise<ExecAnswer> =>
    ask(
      ...(["kubectl", "--kubeconfig", management, "--namespace", namespace, "--request-timeout=10s"] as const),
      ...["get", kinds.join(","), "--output", "json"],
    );
  const belongs = ({ kind, metadata }: ApiObject): boolean =>
    kind === "Cluster" ? metadata.name === name : metadata.labels?.["cluster.x-k8s.io/cluster-name"] === name;
  const core = objectsOf(await get(coreKinds.map((kind) => `${kind}.cluster.x-k8s.io`)), "Cluster API", unasked).filter(
    belongs,
  );
  const references = core.flatMap((object) =>
    [
      valueAt(object, "spec", "infrastructureRef"),
      valueAt(object, "spec", "controlPlaneRef"),
      valueAt(object, "spec", "bootstrap", "configRef"),
    ].filter((reference): reference is Reference => reference !== undefined),
  );
  const kinds = [...new Set(references.map(resource))].sort();
  const others = kinds.length > 0 ? objectsOf(await get(kinds), kinds.join(", "), unasked) : [];
  return [...core, ...others.filter((object) => belongs(object) || object.metadata.name === name)].map(slim);
};

const isProvider = ({ metadata }: ApiObject): boolean =>
  metadata.labels?.["cluster.x-k8s.io/provider"] !== undefined ||
  metadata.labels?.["app.kubernetes.io/instance"] === "cert-manager";

/** The lines in which the infrastructure's controller reports errors about the cluster, without what repeats. */
export const readControllerLines = async (
  ask: Exec,
  { management }: ClusterPlace,
  objects: readonly ApiObject[],
): Promise<string[]> => {
  const selector = "cluster.x-k8s.io/provider=infrastructure-docker";
  const { text, failed } = await ask(
    ...(["kubectl", "--kubeconfig", management, "--namespace", "capd-system", "logs"] as const),
    ...["--selector", selector, "--tail=400", "--since=15m", "--request-timeout=10s"],
  );
  if (failed) return [];
  const own = objects.map(({ metadata }) => `"${metadata.namespace}/${metadata.name}"`);
  const errors = text.split("\n").flatMap((line) => {
    if (!/^E\d{4} /.test(line) || !own.some((name) => line.includes(name))) return [];
    return /\berr="((?:[^"\\]|\\.)*)"/.exec(line)?.[1]?.replaceAll('\\"', '"') ?? [];
  });
  return [...new Set(errors.reverse())].slice(0, 5).reverse();
};

/** Without pods that run and what went well: there are many of both. */
const isTelling = (object: ApiObject): boolean => {
  if (object.kind === "Event") return object.type === "Warning";
  if (object.kind === "Service") return valueAt(object, "spec", "type") === "LoadBalancer";
  return object.kind === "Node" || !isRunning(object);
};

/** Nodes, and what does not go well in a cluster; undefined where its API does not answer. */
export const readInside = async (ask: Exec, file: string, unasked: string[]): Promise<ApiObject[] | undefined> => {
  const kinds = "nodes,pods,services,events";
  const answer = await ask(
    ...(["kubectl", "--kubeconfig", file, "--request-timeout=10s"] as const),
    ...["get", kinds, "--all-namespaces", "--output", "json"],
  );
  const missing: string[] = [];
  const objects = objectsOf(answer, "the cluster's API", missing);
  unasked.push(...missing);
  if (missing.length > 0) return undefined;
  return objects.filter(isTelling).map(slim);
};

/** The Deployments of Cluster API's providers and of cert-manager. */
export const readProviders = async (ask: Exec, management: string, unasked: string[]): Promise<ApiObject[]> => {
  const answer = await ask(
    ...(["kubectl", "--kubeconfig", management, "--request-timeout=10s"] as const),
    ...["get", "deployments", "--all-namespaces", "--output", "json"],
  );
  return objectsOf(answer, "controllers", unasked).filter(isProvider).map(slim);
};
