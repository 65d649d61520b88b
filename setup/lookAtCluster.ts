import { isRunning } from "../lib/stuck/evidence";
import { type ApiObject, at, conditionsOf, type Reference } from "../lib/stuck/objects";
import type { Container, StuckFacts } from "../lib/stuck/facts";
import type { Answer, Ask } from "./asker";
import { clusterLabel } from "./leftovers";
import { readNodes } from "./lookAtNodes";

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
const objectsOf = ({ text, failed }: Answer, what: string, unasked: string[]): ApiObject[] => {
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

const readObjects = async (ask: Ask, place: ClusterPlace, unasked: string[]): Promise<ApiObject[]> => {
  const { name, namespace, management } = place;
  const get = (kinds: readonly string[]): Promise<Answer> =>
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
      at(object, "spec", "infrastructureRef"),
      at(object, "spec", "controlPlaneRef"),
      at(object, "spec", "bootstrap", "configRef"),
    ].filter((reference): reference is Reference => reference !== undefined),
  );
  const kinds = [...new Set(references.map(resource))].sort();
  const others = kinds.length > 0 ? objectsOf(await get(kinds), kinds.join(", "), unasked) : [];
  return [...core, ...others.filter((object) => belongs(object) || object.metadata.name === name)].map(slim);
};

const isProvider = ({ metadata }: ApiObject): boolean =>
  metadata.labels?.["cluster.x-k8s.io/provider"] !== undefined ||
  metadata.labels?.["app.kubernetes.io/instance"] === "cert-manager";

const readContainers = async (ask: Ask, name: string, unasked: string[]): Promise<Container[] | undefined> => {
  const { text, failed } = await ask(
    ...(["docker", "ps", "--all", "--filter", `label=${clusterLabel}=${name}`] as const),
    ...["--format", `{{.Names}}\t{{.Label "io.x-k8s.kind.role"}}\t{{.State}}\t{{.Status}}`],
  );
  if (failed) {
    unasked.push(`Docker: ${text}`);
    return undefined;
  }
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [container = "", role = "", state = "", status = ""] = line.split("\t");
      return { name: container, role, state, status };
    });
};

/** Images of DevMachines that have no container yet and that Docker does not know. */
const readMissingImages = async (ask: Ask, objects: readonly ApiObject[]): Promise<string[]> => {
  const lacking = objects.filter(
    (object) =>
      object.kind === "DevMachine" &&
      conditionsOf(object).find(({ type }) => type === "ContainerProvisioned")?.status !== "True",
  );
  const images = [
    ...new Set(
      lacking.flatMap((object) => (at(object, "spec", "backend", "docker", "customImage") as string | undefined) ?? []),
    ),
  ];
  const answers = await Promise.all(
    images.map((image) => ask("docker", "image", "inspect", "--format", "{{.Id}}", image)),
  );
  return images.filter((_, index) => answers[index]?.failed && /no such/i.test(answers[index].text));
};

/** The lines in which the infrastructure's controller reports errors about the cluster, without what repeats. */
const readControllerLines = async (
  ask: Ask,
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
  if (object.kind === "Service") return at(object, "spec", "type") === "LoadBalancer";
  return object.kind === "Node" || !isRunning(object);
};

const readInside = async (ask: Ask, file: string, unasked: string[]): Promise<ApiObject[] | undefined> => {
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

const readProviders = async (ask: Ask, management: string, unasked: string[]): Promise<ApiObject[]> => {
  const answer = await ask(
    ...(["kubectl", "--kubeconfig", management, "--request-timeout=10s"] as const),
    ...["get", "deployments", "--all-namespaces", "--output", "json"],
  );
  return objectsOf(answer, "controllers", unasked).filter(isProvider).map(slim);
};

/** What does not run in a cluster of which Cluster API knows nothing: the management cluster itself, above all. */
export const lookAtPods = async (
  ask: Ask,
  file: string,
): Promise<Pick<StuckFacts, "providers" | "inside" | "unasked">> => {
  const unasked: string[] = [];
  const [providers, inside = []] = await Promise.all([readProviders(ask, file, []), readInside(ask, file, unasked)]);
  return { providers, inside, unasked };
};

/** Asks everything that tells why a cluster is not ready; what does not answer is left out and named. */
export const lookAtCluster = async (ask: Ask, place: ClusterPlace): Promise<StuckFacts> => {
  const { name, namespace, management, workload } = place;
  const unasked: string[] = [];
  const [objects, providers, containers, inside] = await Promise.all([
    readObjects(ask, place, unasked),
    readProviders(ask, management, []),
    readContainers(ask, name, unasked),
    workload === undefined ? undefined : readInside(ask, workload, unasked),
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
