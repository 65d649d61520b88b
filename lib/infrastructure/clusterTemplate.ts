import type { ClusterParts, MachineOwner } from "../clusterParts";
import { splitCidrs } from "../ipFamilies";
import type { KubernetesObject } from "../kubernetesObject";
import { type Problem, ProblemError } from "../problem";
import { renderTemplate, type TemplateValues } from "../renderTemplate";
import { versionOf } from "../machineTemplate";
import { namedByContent } from "./namedByContent";
import { type TemplateCluster, templateProblems } from "./templateProblems";

/** The variables that `clusterctl generate cluster` sets, and those that templates take networks from. */
export const templateVariablesOf = (cluster: TemplateCluster): Record<string, string> => ({
  CLUSTER_NAME: cluster.name,
  NAMESPACE: cluster.namespace,
  KUBERNETES_VERSION: versionOf(cluster),
  CONTROL_PLANE_MACHINE_COUNT: String(cluster.controlPlaneReplicas),
  WORKER_MACHINE_COUNT: String(cluster.workerPools.reduce((sum, { replicas }) => sum + replicas, 0)),
  POD_CIDR: cluster.podCidr,
  SERVICE_CIDR: cluster.serviceCidr,
  SERVICE_DOMAIN: cluster.serviceDomain,
});

/**
 * A cluster's parts from a template as `clusterctl generate cluster` takes it: one Cluster, its infrastructure and
 * control plane, and what makes its workers. Templates of machines are named by their content, as the program's own.
 *
 * @param source what to call the template in an error
 * @throws ProblemError for a variable without a value, and for what a cluster of the settings cannot be made from
 */
export const templateParts = (
  text: string,
  source: string,
  cluster: TemplateCluster,
  { variables, ...values }: TemplateValues,
): ClusterParts => {
  const all = { ...variables, ...templateVariablesOf(cluster) };
  const rendered = renderTemplate(text, source, { ...values, variables: all })
    .map((object) => withoutNulls(object) as KubernetesObject)
    .map((object) => (isNamespaced(object) ? inNamespace(object, cluster.namespace) : object));
  const problems: Problem[] = templateProblems(rendered, source, cluster);
  if (problems.length > 0) throw new ProblemError(problems);
  const objects = namedByContent(rendered.map((object) => withNetworks(object, cluster)));

  const find = (reference: unknown): KubernetesObject[] => {
    const { kind, name } = (reference ?? {}) as { kind?: unknown; name?: unknown };
    return objects.filter((object) => object.kind === kind && object.metadata.name === name);
  };
  const one = objects.find(({ kind }) => kind === "Cluster")!;
  const { controlPlaneRef, infrastructureRef } = one["spec"] as Record<string, unknown>;
  const [infrastructure] = find(infrastructureRef) as [KubernetesObject];
  const [controlPlane] = find(controlPlaneRef) as [KubernetesObject];
  const owned = (owner: KubernetesObject): MachineOwner => ({ owner, templates: referencesIn(owner).flatMap(find) });
  // Pools of machines, and health checks of them: what says which cluster it is part of.
  const workers = objects.filter(
    (object) => (object["spec"] as { clusterName?: unknown })?.clusterName === cluster.name,
  );
  const parts = { cluster: one, infrastructure, controlPlane: owned(controlPlane), workers: workers.map(owned) };
  const used = new Set([
    one,
    infrastructure,
    ...[parts.controlPlane, ...parts.workers].flatMap((part) => [part.owner, ...part.templates]),
  ]);
  return {
    ...parts,
    others: objects.filter((object) => !used.has(object)),
    nodes: [controlPlane, ...workers].reduce((sum, owner) => sum + replicasOf(owner), 0),
  };
};

/** Templates leave fields to the webhooks as null, which is not the same as absent to every API server. */
const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutNulls(inner)] as const])),
  );
};

/** The settings' networks, where a template leaves them to Kubernetes. */
const withNetworks = (object: KubernetesObject, cluster: TemplateCluster): KubernetesObject => {
  if (object.kind !== "Cluster") return object;
  const spec = object["spec"] as { clusterNetwork?: object };
  const own = {
    pods: { cidrBlocks: splitCidrs(cluster.podCidr) },
    services: { cidrBlocks: splitCidrs(cluster.serviceCidr) },
    serviceDomain: cluster.serviceDomain,
  };
  return { ...object, spec: { ...spec, clusterNetwork: { ...own, ...spec.clusterNetwork } } };
};

/** Machines of a control plane or pool; a health check has none. */
const replicasOf = ({ kind, spec }: KubernetesObject): number => {
  if (!/^(MachineDeployment|MachinePool)$|ControlPlane$/.test(kind)) return 0;
  const { replicas = 1 } = spec as { replicas?: number };
  return replicas;
};

/** Every `{kind, name}` within an object's spec. */
const referencesIn = (value: unknown): object[] => {
  if (typeof value !== "object" || value === null) return [];
  const { kind, name } = value as { kind?: unknown; name?: unknown };
  const inner = Object.values(value).flatMap(referencesIn);
  return typeof kind === "string" && typeof name === "string" && !("metadata" in value) ? [value, ...inner] : inner;
};

/** As clusterctl does, which counts every kind it does not know as namespaced. */
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
