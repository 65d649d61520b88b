import { shortChecksum } from "../../base/checksum";
import { type Problem, ProblemError } from "../../base/problem";
import { uniqueObjects } from "../../kubernetes/identity";
import type { KubernetesObject } from "../../kubernetes/object";
import { toYaml } from "../../kubernetes/yaml";
import { isCluster } from "../class/classObjects";
import { isTopologyCluster, topologyOfTemplate } from "../class/templateTopology";
import { isRecord, valueAt } from "../../base/json";
import { clusterNetwork } from "../clusterNetwork";
import { versionOf } from "../machineTemplate";
import type { ClusterParts, MachineOwner } from "../parts";
import { type ImageDefaults, withBackendAnnotation, withMachineImage } from "./docker";
import { nodesOf, referencesIn, renameReferences } from "./nodes";
import { type TemplateCluster, templateProblems } from "./problems";
import { renderPlaced, type TemplateValues } from "./render";

/**
 * Appends a checksum of the content to the name of each machine template, and updates all references. A changed template
 * then has another name, and Cluster API creates new machines. An infrastructure template keeps its name if a text in the
 * template derives from that name, such as Azure's Secret `<template>-azure-json`. The user changes such a name together
 * with the content.
 */
export const namedByContent = (objects: readonly KubernetesObject[]): KubernetesObject[] => {
  const texts = objects.flatMap((object) => textsIn(object["spec"]));
  const names = new Map(
    objects.flatMap((object) => {
      const { kind, metadata, apiVersion } = object;
      const { name } = metadata;
      const [, group] = /^(infrastructure|bootstrap)\.cluster\.x-k8s\.io\//.exec(apiVersion) ?? [];
      const derived = texts.some((text) => text.startsWith(`${name}-`) && !isOwnName(text, objects));
      if (group === undefined || !kind.endsWith("Template") || (group === "infrastructure" && derived)) return [];
      return [[`${kind}/${name}`, `${name}-${shortChecksum(toYaml({ ...object, metadata: {} }))}`] as const];
    }),
  );
  return objects.map((object) => {
    const name = names.get(`${object.kind}/${object.metadata.name}`) ?? object.metadata.name;
    return {
      ...object,
      ...("spec" in object ? { spec: renameReferences(object["spec"], names) } : {}),
      metadata: { ...object.metadata, name },
    };
  });
};

const isOwnName = (text: string, objects: readonly KubernetesObject[]): boolean =>
  objects.some(({ metadata }) => metadata.name === text);

const textsIn = (value: unknown): string[] => {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
};

/** Images of the machines of a Docker cluster. */
export interface MachineImages {
  readonly defaults: ImageDefaults;
  /** Built images by the image that they contain. */
  readonly built: Readonly<Record<string, string>>;
}

/** Returns the variables that `clusterctl generate cluster` sets, and those that templates use for networks. */
export const templateVariablesOf = (cluster: TemplateCluster): Record<string, string> => ({
  CLUSTER_NAME: cluster.name,
  NAMESPACE: cluster.namespace,
  KUBERNETES_VERSION: versionOf(cluster),
  CONTROL_PLANE_MACHINE_COUNT: String(cluster.controlPlaneReplicas),
  WORKER_MACHINE_COUNT: String(cluster.workerPools.reduce((total, { replicas }) => total + replicas, 0)),
  POD_CIDR: cluster.podCidr.text,
  SERVICE_CIDR: cluster.serviceCidr.text,
  SERVICE_DOMAIN: cluster.serviceDomain,
});

/** Returns variables of Cluster API's own Docker templates, which the settings of a cluster fill in if the user does not. */
export const unsetVariables = (cluster: TemplateCluster): Record<string, string> => ({
  DOCKER_POD_CIDRS: cluster.podCidr.text,
  DOCKER_SERVICE_CIDRS: cluster.serviceCidr.text,
  DOCKER_SERVICE_DOMAIN: cluster.serviceDomain,
});

/**
 * Returns a cluster's objects from a template as `clusterctl generate cluster` accepts it: one Cluster, its
 * infrastructure and control plane, and the owners of its workers. Machine templates are named by their content, as the
 * program's own are.
 *
 * @param source - name of the template in an error
 * @param machines - images of a Docker cluster's machines; default: those of the template
 * @throws ProblemError for a variable without a value, and for a template that does not fit the cluster's settings
 */
export const templateParts = (
  text: string,
  source: string,
  cluster: TemplateCluster,
  { variables, ...values }: TemplateValues,
  machines?: MachineImages,
): ClusterParts => {
  const all = { ...unsetVariables(cluster), ...variables, ...templateVariablesOf(cluster) };
  const placed = renderPlaced(text, source, { ...values, variables: all }).map(({ object, place }) => {
    const complete = withListedNetworks(withBackendAnnotation(withoutNulls(object) as KubernetesObject));
    return { object: isNamespaced(complete) ? inNamespace(complete, cluster.namespace) : complete, place };
  });
  // Two objects may differ only in the namespace, which every object of a cluster gets.
  const unique = uniqueObjects(placed);
  const rendered = unique.objects.map(({ object }) => object);
  const problems: Problem[] = [...unique.problems, ...templateProblems(rendered, source, cluster)];
  if (problems.length > 0) throw new ProblemError(problems);
  const topologyCluster = rendered.find((object) => isCluster(object) && isTopologyCluster(object));
  if (topologyCluster) {
    const withCidrs = withNetworks(topologyCluster, cluster);
    const replaced = unique.objects.map(({ object, place }) =>
      object === topologyCluster ? { object: withCidrs, place } : { object, place },
    );
    return topologyOfTemplate(replaced, withCidrs, source, cluster);
  }
  const objects = namedByContent(
    rendered
      .map((object) => withNetworks(object, cluster))
      .map((object) => (machines ? withMachineImage(object, machines.defaults, machines.built) : object)),
  );

  const find = (reference: unknown): KubernetesObject[] => {
    const { kind, name } = (reference ?? {}) as { kind?: unknown; name?: unknown };
    return objects.filter((object) => object.kind === kind && object.metadata.name === name);
  };
  const clusterObject = objects.find(({ kind }) => kind === "Cluster")!;
  const { controlPlaneRef, infrastructureRef } = clusterObject["spec"] as Record<string, unknown>;
  const [infrastructure] = find(infrastructureRef) as [KubernetesObject];
  const [controlPlane] = find(controlPlaneRef) as [KubernetesObject];
  // A managed control plane may be the infrastructure too, and may have the cluster's name in its spec.
  const main = [clusterObject, infrastructure, controlPlane];
  // Owners of machines and health checks: objects that name their cluster.
  const workers = objects.filter(
    (object) => !main.includes(object) && (object["spec"] as { clusterName?: unknown })?.clusterName === cluster.name,
  );
  const owners = [...main, ...workers];
  const owned = (owner: KubernetesObject): MachineOwner => ({
    owner,
    templates: [...new Set(referencesIn(owner).flatMap(find))].filter((object) => !owners.includes(object)),
  });
  const parts = {
    cluster: clusterObject,
    infrastructure,
    controlPlane: owned(controlPlane),
    workers: workers.map(owned),
  };
  const used = new Set([
    clusterObject,
    infrastructure,
    ...[parts.controlPlane, ...parts.workers].flatMap((part) => [part.owner, ...part.templates]),
  ]);
  return {
    ...parts,
    supporting: objects.filter((object) => !used.has(object)),
    ...nodesOf(controlPlane, workers),
  };
};

/**
 * Removes null fields. Templates leave defaults to the webhooks as null, but some API servers treat null and absent
 * fields differently.
 */
const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutNulls(inner)] as const])),
  );
};

/** Sets the settings' networks if the template does not set them. */
const withNetworks = (object: KubernetesObject, cluster: TemplateCluster): KubernetesObject => {
  if (object.kind !== "Cluster") return object;
  const spec = object["spec"] as { clusterNetwork?: object };
  return { ...object, spec: { ...spec, clusterNetwork: { ...clusterNetwork(cluster), ...spec.clusterNetwork } } };
};

/** Splits networks that a variable such as `${POD_CIDR}` joined with commas. */
export const withListedNetworks = (object: KubernetesObject): KubernetesObject => {
  const network = object.kind === "Cluster" ? valueAt(object, "spec", "clusterNetwork") : undefined;
  if (!isRecord(network)) return object;
  const split = (value: unknown): unknown => {
    const blocks = valueAt(value, "cidrBlocks");
    if (!isRecord(value) || blocks === undefined) return value;
    const listed = (Array.isArray(blocks) ? blocks : [blocks]).flatMap((block: unknown) =>
      typeof block === "string" ? block.split(",") : [block],
    );
    return { ...value, cidrBlocks: listed };
  };
  const spec = object["spec"] as object;
  const { pods, services } = network;
  const listed = { ...(pods ? { pods: split(pods) } : {}), ...(services ? { services: split(services) } : {}) };
  return { ...object, spec: { ...spec, clusterNetwork: { ...network, ...listed } } };
};

/** Returns true for a namespaced kind. Like clusterctl, it counts every unknown kind as namespaced. */
const isNamespaced = ({ kind }: KubernetesObject): boolean => !clusterScoped.has(kind);
const clusterScoped = new Set([
  ...["Namespace", "Node", "PersistentVolume", "PodSecurityPolicy", "CertificateSigningRequest", "ClusterRoleBinding"],
  ...["ClusterRole", "VolumeAttachment", "StorageClass", "CSIDriver", "CSINode", "ValidatingWebhookConfiguration"],
  ...["MutatingWebhookConfiguration", "CustomResourceDefinition", "PriorityClass", "RuntimeClass"],
]);

const inNamespace = (object: KubernetesObject, namespace: string): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, namespace },
});
