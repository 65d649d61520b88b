import { boundsIn } from "../../base/autoscaler";
import { isRecord, valueAt } from "../../base/json";
import { ProblemError } from "../../base/problem";
import type { KubernetesObject } from "../../kubernetes/object";
import { isCluster } from "../class/classObjects";
import { isTopologyCluster, topologyFacts } from "../class/templateTopology";
import type { BuiltIn, WorkerPool } from "../spec";
import { backendOf, containerNameOf, type ImageDefaults, machineImages, preloadedImages } from "./docker";
import { isPool, referencesIn, replicasOf } from "./nodes";
import { withListedNetworks, templateVariablesOf, unsetVariables } from "./parts";
import type { TemplateCluster } from "./problems";
import { renderTemplate } from "./render";
import { variablesOf } from "./substitution";

/** Fields of a cluster in the settings that a template may state itself. */
export const statedFields = [
  "namespace",
  "kubernetesVersion",
  "controlPlaneReplicas",
  "podCidr",
  "serviceCidr",
  "serviceDomain",
] as const;

/** Values that a template states for a field, in the form of the settings. Several objects may state one field. */
export type StatedValues = Readonly<Partial<Record<(typeof statedFields)[number], readonly (string | number)[]>>>;

/** Properties of a Docker or in-memory cluster that only its template contains. */
export interface TemplateFacts {
  readonly backend: BuiltIn;
  readonly stated: StatedValues;
  /** The worker pools, named without the cluster's name. */
  readonly pools: readonly WorkerPool[];
  /** True if the template has the variable of the number of workers. */
  readonly usesWorkerReplicas: boolean;
  /** Start of the names of the control plane's containers. */
  readonly controlPlane: string;
  /** Owners of machines whose names do not start with the cluster's name. */
  readonly foreignNames: readonly string[];
  /** Images of the machines before Slipway adds images to them. */
  readonly images: readonly string[];
  /** Images that the Docker provider copies from this machine's Docker into new machines. */
  readonly preloaded: readonly string[];
  /** Images in the manifests that ClusterResourceSets of the template install. */
  readonly resourceImages: readonly string[];
  /** True if these manifests install a pod network. */
  readonly bringsNetwork: boolean;
}

/** A cluster of the settings, which fills in the variables of its template. */
export type FactsCluster = TemplateCluster & ImageDefaults;

/**
 * Reads what the rules about settings need from a template. Variables without a value get a placeholder, because
 * `templateParts` reports them later.
 *
 * @returns `foreign` for a cluster of another provider; undefined for a template without a readable cluster
 */
export const readFacts = (
  text: string,
  cluster: FactsCluster,
  variables: Readonly<Record<string, string>>,
): TemplateFacts | "foreign" | undefined => {
  const objects = renderLeniently(text, cluster, variables);
  const clusterObject = objects?.find((object) => isCluster(object) && object.metadata.name === cluster.name);
  if (objects === undefined || clusterObject === undefined) return undefined;
  const [resources, usesWorkerReplicas] = [resourceTexts(objects), hasVariable(text, "WORKER_MACHINE_COUNT")];
  const ofResources = {
    usesWorkerReplicas,
    resourceImages: [...new Set(resources.flatMap(imagesIn))],
    bringsNetwork: resources.some((resource) => resource.includes(networkFolder)),
  };
  if (isTopologyCluster(clusterObject)) {
    const facts = topologyFacts(clusterObject, objects);
    if (facts.backend === "template") return "foreign";
    const { backend, pools, version, replicas } = facts;
    return {
      backend,
      stated: statedBy(clusterObject, [version], replicas),
      pools,
      controlPlane: `${cluster.name}-control-plane`,
      foreignNames: [],
      images: backend === "docker" ? [cluster.nodeImage] : [],
      preloaded: [],
      ...ofResources,
    };
  }
  const find = (key: string): KubernetesObject | undefined => {
    const { kind, name } = (valueAt(clusterObject, "spec", key) ?? {}) as { kind?: unknown; name?: unknown };
    return objects.find((object) => object.kind === kind && object.metadata.name === name);
  };
  const [infrastructure, controlPlane] = [find("infrastructureRef"), find("controlPlaneRef")];
  if (infrastructure === undefined || controlPlane === undefined) return undefined;
  const backend = backendOf(infrastructure);
  if (backend === "template") return "foreign";
  const { name } = cluster;
  const pools = objects.filter((object) => isPool(object) && valueAt(object, "spec", "clusterName") === name);
  const owners = [controlPlane, ...pools].map(({ metadata }) => metadata.name);
  const versions = [
    valueAt(controlPlane, "spec", "version"),
    ...pools.map((pool) => valueAt(pool, "spec", "template", "spec", "version")),
  ];
  return {
    backend,
    stated: statedBy(clusterObject, versions, replicasOf(controlPlane)),
    pools: pools.map((pool) => workerPool(pool, name)),
    controlPlane: containerNameOf(name, controlPlane.metadata.name),
    foreignNames: owners.filter((owner) => !owner.startsWith(`${name}-`)),
    images: backend === "docker" ? machineImages(objects, cluster) : [],
    preloaded: preloadedImages(objects),
    ...ofResources,
  };
};

const hasVariable = (text: string, name: string): boolean =>
  variablesOf(text).some((variable) => variable.name === name);

/** Returns a pool as the settings would write it. An autoscaler sets its number of nodes between two bounds. */
const workerPool = (owner: KubernetesObject, cluster: string): WorkerPool => {
  const { name, annotations } = owner.metadata;
  const { min, max } = boundsIn(annotations);
  const replicas = min ?? replicasOf(owner);
  return {
    name: containerNameOf(cluster, name).slice(cluster.length + 1),
    replicas,
    ...(max === undefined ? {} : { maxReplicas: Math.max(max, replicas) }),
    ...(owner.kind === "MachinePool" ? { type: "machinePool" as const } : {}),
  };
};

const renderLeniently = (
  text: string,
  cluster: FactsCluster,
  variables: Readonly<Record<string, string>>,
): KubernetesObject[] | undefined => {
  try {
    const known = { ...unsetVariables(cluster), ...variables, ...templateVariablesOf(cluster) };
    const missing = variablesOf(text).filter((variable) => variable.default === undefined);
    const placeholders = Object.fromEntries(missing.map((variable) => [variable.name, `value-of-${variable.name}`]));
    const values = { variables: { ...placeholders, ...known }, secrets: {}, setting: "templateVariables" };
    return renderTemplate(text, "the template", values).map(withListedNetworks);
  } catch (error) {
    if (error instanceof ProblemError) return undefined;
    throw error;
  }
};

const isStated = (value: unknown): value is string | number => typeof value === "string" || typeof value === "number";

const statedBy = (cluster: KubernetesObject, versions: readonly unknown[], replicas: unknown): StatedValues => {
  const network = (key: string): unknown => {
    const blocks = valueAt(cluster, "spec", "clusterNetwork", key, "cidrBlocks");
    return Array.isArray(blocks) ? blocks.join(",") : undefined;
  };
  const values: Record<(typeof statedFields)[number], unknown[]> = {
    namespace: [cluster.metadata.namespace],
    kubernetesVersion: [...versions],
    controlPlaneReplicas: [replicas],
    podCidr: [network("pods")],
    serviceCidr: [network("services")],
    serviceDomain: [valueAt(cluster, "spec", "clusterNetwork", "serviceDomain")],
  };
  const stated = Object.entries(values).map(([field, list]) => [field, [...new Set(list.filter(isStated))]] as const);
  return Object.fromEntries(stated.filter(([, list]) => list.length > 0));
};

/** Folder in which every pod network writes its configuration on a node. */
const networkFolder = "/etc/cni/net.d";

/** Returns the manifests in the ConfigMaps and Secrets that ClusterResourceSets install. */
const resourceTexts = (objects: readonly KubernetesObject[]): string[] => {
  const sets = objects.filter(({ kind }) => kind === "ClusterResourceSet");
  const listed = referencesIn(sets.map((set) => set["spec"])).map(({ kind, name }) => `${kind}/${name}`);
  const installed = objects.filter(({ kind, metadata }) => listed.includes(`${kind}/${metadata.name}`));
  return installed.flatMap(({ kind, data, stringData }) => {
    const textsOf = (fields: unknown): string[] => (isRecord(fields) ? Object.values(fields).map(String) : []);
    const decoded = (text: string): string => Buffer.from(text, "base64").toString();
    return kind === "Secret" ? [...textsOf(data).map(decoded), ...textsOf(stringData)] : textsOf(data);
  });
};

/** Returns the images in a manifest. It reads lines, because a manifest of many objects takes long to parse. */
const imagesIn = (manifest: string): string[] =>
  [...manifest.matchAll(/^[ -]*image: *["']?([^\s"'#]+)/gm)].flatMap(([, image]) => image ?? []);
