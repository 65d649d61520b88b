import { between } from "./checks/counts";
import { manifestLocation } from "./checks/files";
import { labelKey, labelValue, textMap } from "./checks/labels";
import { dnsLabel } from "./checks/names";
import { networks } from "./checks/networks";
import { providerVersion } from "./checks/releases";
import { templateVariables } from "./checks/templateVariables";
import type { Taint } from "./clusterSpec";
import { healthCheckFields } from "./healthCheckFields";
import type { Backend } from "./clusterSpec";
import { choice, count, listOf, optionalCount, type Setting, text, texts, variables } from "./setting";
import { clusterSettings } from "./clusterSettings";

const taintFields = {
  key: text("", "Key of the taint, as example.org/gpu.", labelKey),
  value: text("", "Value of the taint.", labelValue),
  effect: choice(["NoSchedule", "PreferNoSchedule", "NoExecute"], "What becomes of pods that do not tolerate it."),
};

/** A group of equal workers, as an entry of `workers`. */
export const poolFields = {
  name: text("", "Name of the pool; part of its machines' names.", dnsLabel(40, "Cluster API appends -xxxxx-xxxxx")),
  replicas: count(1, "Number of its nodes.", between(0, 250)),
  labels: variables("Labels of its nodes.", textMap(labelKey, labelValue)),
  taints: listOf<Taint>(taintFields, "Taints of its nodes: key, value, effect."),
};

/** An infrastructure provider besides Cluster API's own, as an entry of `providers`. */
export const infrastructureProviderFields = {
  name: text(
    "",
    "clusterctl's name of the provider, as aws.",
    dnsLabel(40, "clusterctl puts infrastructure- before it"),
  ),
  version: text("", "Its version, as v2.13.0.", providerVersion),
  manifest: text("", "Its infrastructure-components.yaml: URL or path.", manifestLocation),
};

export { taintFields };

const givenAddresses = networks(
  { ipv4: { shortest: 8, longest: 32 }, ipv6: { shortest: 48, longest: 128 } },
  { ipv4: "one address or more", ipv6: "one address or more" },
);

/** The fields of an entry of `clusters`. Those of the short form are the short form's own, under shorter names. */
export const clusterFields = {
  name: { ...clusterSettings.clusterName, default: "" },
  namespace: clusterSettings.clusterNamespace,
  kubernetesVersion: clusterSettings.kubernetesVersion,
  controlPlaneReplicas: clusterSettings.controlPlaneReplicas,
  workerReplicas: { ...clusterSettings.workerReplicas, description: "Number of worker nodes, as one pool md-0." },
  workers: listOf<Record<string, unknown>>(
    poolFields,
    "Worker pools, instead of workerReplicas: name, replicas, labels, taints.",
  ),
  healthCheck: {
    ...variables(
      "Replaces machines that are not healthy: MachineHealthChecks. Absent: none; {}: one with its defaults.",
      () => undefined,
    ),
    default: undefined,
    fields: healthCheckFields,
  },
  podCidr: clusterSettings.podCidr,
  serviceCidr: clusterSettings.serviceCidr,
  serviceDomain: clusterSettings.serviceDomain,
  cni: text(
    "calico",
    "Pod network: calico, flannel, kindnet, cilium, none, or a manifest's URL or path. In-memory clusters have none.",
    manifestLocation,
  ),
  loadBalancer: choice(
    ["metallb", "none", "cloud-provider-kind", "external"],
    "What gives services of type LoadBalancer their addresses. In-memory clusters have none.",
  ),
  application: {
    ...clusterSettings.application,
    description: "Deploy nginx behind a load balancer. Default: true where there is one.",
  },
  manifests: texts("Further manifests to apply once the pod network is there: URLs or paths.", manifestLocation),
  nodeImage: clusterSettings.nodeImage,
  backend: choice(["docker", "inMemory"], "docker makes containers; inMemory pretends, for rehearsals of scale."),
  template: text(
    "",
    "Cluster template for another infrastructure provider, with the variables of clusterctl generate: URL or path.",
    (value) => (value === "" ? undefined : manifestLocation(value)),
  ),
  templateVariables: variables("Values for the template's other variables, as AWS_REGION.", templateVariables),
  loadBalancerAddresses: text(
    "",
    "Network whose addresses MetalLB gives out (one of each family for dual stack); for a cluster from a template, on its machines' network.",
    (value) => (value === "" ? undefined : givenAddresses(value)),
  ),
  loadBalancerSlot: optionalCount(
    "Which block of addresses the load balancer gets, 0 being the highest. Absent: one that follows from the name.",
    between(0, 2 ** 22),
  ),
};

/** The name of a field of a cluster. */
export type ClusterField = keyof typeof clusterFields;

/** The value of every field of a cluster, defaults filled in. */
export type ClusterValues = {
  readonly [K in ClusterField]: K extends "backend"
    ? Backend // A template is one by itself, and no word of the setting.
    : (typeof clusterFields)[K] extends Setting<infer T>
      ? T
      : never;
};

/** The short form's setting for each field that it has. */
export const shortForm = {
  name: "clusterName",
  namespace: "clusterNamespace",
  kubernetesVersion: "kubernetesVersion",
  controlPlaneReplicas: "controlPlaneReplicas",
  workerReplicas: "workerReplicas",
  nodeImage: "nodeImage",
  podCidr: "podCidr",
  serviceCidr: "serviceCidr",
  serviceDomain: "serviceDomain",
  application: "application",
} as const satisfies Partial<Record<ClusterField, keyof typeof clusterSettings>>;
