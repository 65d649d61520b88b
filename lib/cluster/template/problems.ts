import type { Problem } from "../../base/problem";
import type { KubernetesObject } from "../../kubernetes/object";
import type { ClusterSpec } from "../spec";

/** What a template's variables are filled from. */
export type TemplateCluster = Readonly<
  Pick<
    ClusterSpec,
    | "name"
    | "namespace"
    | "kubernetesVersion"
    | "controlPlaneReplicas"
    | "workerPools"
    | "podCidr"
    | "serviceCidr"
    | "serviceDomain"
  >
>;

/** Why a template's objects are not the cluster that the settings describe. */
export const templateProblems = (
  objects: readonly KubernetesObject[],
  source: string,
  cluster: TemplateCluster,
): Problem[] => {
  const clusters = objects.filter(
    ({ kind, apiVersion }) => kind === "Cluster" && apiVersion.startsWith("cluster.x-k8s.io/"),
  );
  const [one] = clusters;
  if (one === undefined || clusters.length > 1 || one.metadata.name !== cluster.name) {
    const received = clusters.map(({ metadata }) => metadata.name);
    const rule = `hold one Cluster of cluster.x-k8s.io, named ${cluster.name} by \${CLUSTER_NAME}`;
    return [{ key: source, received, rule, remedy: "Take a template that clusterctl generate cluster takes" }];
  }
  const { clusterNetwork = {}, ...references } = one["spec"] as { clusterNetwork?: ClusterNetwork };
  return [...missing(objects, references, source), ...networks(clusterNetwork, source, cluster)];
};

interface ClusterNetwork {
  pods?: { cidrBlocks?: string[] };
  services?: { cidrBlocks?: string[] };
  serviceDomain?: string;
}

/** A cluster of a ClusterClass has neither: its parts are made by Cluster API, which a stack could not wait for. */
const missing = (
  objects: readonly KubernetesObject[],
  references: Readonly<Record<string, unknown>>,
  source: string,
): Problem[] =>
  ["infrastructureRef", "controlPlaneRef"].flatMap((key) => {
    const { kind, name } = (references[key] ?? {}) as { kind?: string; name?: string };
    if (objects.some((object) => object.kind === kind && object.metadata.name === name)) return [];
    const rule = `hold the object that the Cluster's ${key} names; Slipway takes no template with a ClusterClass`;
    return [{ key: source, received: name ?? null, rule, remedy: "Take the provider's template without topology" }];
  });

/** Networks that a template states itself must be the settings', which the pod network is set up with. */
const networks = (
  { pods, services, serviceDomain }: ClusterNetwork,
  source: string,
  { name, podCidr, serviceCidr, serviceDomain: domain }: TemplateCluster,
): Problem[] => {
  const settings = { podCidr: podCidr.text, serviceCidr: serviceCidr.text, serviceDomain: domain };
  return (
    [
      ["podCidr", pods?.cidrBlocks?.join(",")],
      ["serviceCidr", services?.cidrBlocks?.join(",")],
      ["serviceDomain", serviceDomain],
    ] as const
  ).flatMap(([key, stated]) => {
    if (stated === undefined || stated === settings[key]) return [];
    const rule = `be ${stated}, which ${source} states for cluster ${name}`;
    return [
      {
        key,
        received: settings[key],
        rule,
        remedy: `Set ${key} to it, or write \${${variables[key]}} in the template`,
      },
    ];
  });
};

const variables = { podCidr: "POD_CIDR", serviceCidr: "SERVICE_CIDR", serviceDomain: "SERVICE_DOMAIN" } as const;
