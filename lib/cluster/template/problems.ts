import type { Problem } from "../../base/problem";
import type { KubernetesObject } from "../../kubernetes/object";
import { isCluster } from "../class/classObjects";
import { isTopologyCluster } from "../class/templateTopology";
import type { ClusterSpec } from "../spec";

/** Values for a template's variables. */
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

/** Returns why a template's objects do not match the settings' cluster. */
export const templateProblems = (
  objects: readonly KubernetesObject[],
  source: string,
  cluster: TemplateCluster,
): Problem[] => {
  const clusters = objects.filter(isCluster);
  const [clusterObject] = clusters;
  if (clusterObject === undefined || clusters.length > 1 || clusterObject.metadata.name !== cluster.name) {
    const received = clusters.map(({ metadata }) => metadata.name);
    const rule = `one Cluster of cluster.x-k8s.io, named ${cluster.name} by \${CLUSTER_NAME}`;
    return [{ key: source, received, rule, remedy: "Use a template that clusterctl generate cluster accepts" }];
  }
  const { clusterNetwork = {}, ...references } = clusterObject["spec"] as { clusterNetwork?: ClusterNetwork };
  // Cluster API creates the infrastructure and the control plane of a cluster with a class.
  const parts = isTopologyCluster(clusterObject) ? [] : missing(objects, references, source);
  return [...parts, ...networks(clusterNetwork, source, cluster)];
};

interface ClusterNetwork {
  pods?: { cidrBlocks?: string[] };
  services?: { cidrBlocks?: string[] };
  serviceDomain?: string;
}

/** Checks that the objects of the Cluster's references exist. */
const missing = (
  objects: readonly KubernetesObject[],
  references: Readonly<Record<string, unknown>>,
  source: string,
): Problem[] =>
  ["infrastructureRef", "controlPlaneRef"].flatMap((key) => {
    const { kind, name } = (references[key] ?? {}) as { kind?: string; name?: string };
    if (objects.some((object) => object.kind === kind && object.metadata.name === name)) return [];
    const rule = `the object of the Cluster's ${key}`;
    const remedy = "Add it to the template, or write a topology with a class into the Cluster";
    return [{ key: source, received: name ?? null, rule, remedy }];
  });

/**
 * Checks that the pod network, the service network and the DNS domain in a template equal the settings. A template may omit
 * them. Slipway configures the pod network by the setting `podCidr`, and not by the template.
 */
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
    const rule = `${stated}, which ${source} states for cluster ${name}`;
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
