import { optional, pipe, transform } from "zod/mini";
import { cniNames } from "../../addons/cni";
import { longestNames } from "../../cluster/objects";
import type { Backend, HealthCheck, NodeCondition, Taint, WorkerPool } from "../../cluster/spec";
import { noNetworks } from "../../network/networks";
import {
  between,
  countOrPercentage,
  dnsDomain,
  dnsLabel,
  imageReference,
  kubernetesVersion,
  labelKey,
  labelValue,
  manifestLocation,
  networksOfSize,
  oddCount,
  orEmpty,
  providerVersion,
  templateVariables,
} from "./checks";
import {
  choice,
  count,
  derived,
  flag,
  listOf,
  mapOf,
  notes,
  optionalCount,
  parsed,
  requiredText,
  text,
  textMap,
  texts,
  type ValuesOf,
  variables,
} from "./setting";

/** A node's condition that makes it unhealthy, as an entry of `unhealthyNodeConditions`. */
export const nodeConditionFields = {
  type: text("Ready", "Type of the node's condition, as Ready or DiskPressure.", labelKey),
  status: choice(["Unknown", "False", "True"], "Its value that means unhealthy."),
  timeoutSeconds: count(300, "For how long it has to be so, in seconds.", between(1, 86_400)),
};

/** A cluster's health checks, by the names of Cluster API's MachineHealthCheck (v1beta2). */
export const healthCheckFields = {
  nodeStartupTimeoutSeconds: count(
    600,
    "A machine without a node after so many seconds is unhealthy; 0 turns this off.",
    between(0, 86_400),
  ),
  unhealthyNodeConditions: listOf(
    mapOf(nodeConditionFields),
    "Node conditions that mean unhealthy: type, status, timeoutSeconds. Default: Ready is Unknown or False for 300 s.",
  ),
  unhealthyLessThanOrEqualTo: text(
    "",
    'Machines are replaced only while at most so many of a group are unhealthy, as 40% or "1". Empty: always.',
    countOrPercentage,
  ),
};

/** What Cluster API's own examples take: a node that says it is not Ready, and one that says nothing. */
const usual: NodeCondition[] = (["Unknown", "False"] as const).map((status) => ({
  type: "Ready",
  status,
  timeoutSeconds: 300,
}));

const healthCheck = pipe(
  mapOf(healthCheckFields),
  transform(({ nodeStartupTimeoutSeconds, unhealthyNodeConditions: given, ...limit }): HealthCheck => {
    const atMost = limit.unhealthyLessThanOrEqualTo;
    return {
      nodeStartupTimeoutSeconds,
      unhealthyNodeConditions: given.length > 0 ? given : usual,
      ...(atMost === "" ? {} : { unhealthyLessThanOrEqualTo: atMost.endsWith("%") ? atMost : Number(atMost) }),
    };
  }),
);

const nameOfCluster = dnsLabel(longestNames.cluster, "Cluster API appends -control-plane-xxxxx");

/** The settings of the one cluster of the short form; the fields of an entry of `clusters` are made of them. */
export const clusterSettings = {
  clusterName: text("capd", "Name of the workload cluster.", nameOfCluster),
  clusterNamespace: text("default", "Namespace of the cluster's objects in the management cluster.", dnsLabel(63)),
  kubernetesVersion: derived(
    (versions) => `v${versions.kubernetes}`,
    "Kubernetes version of the workload cluster. Empty: the pinned one.",
    kubernetesVersion,
  ),
  controlPlaneReplicas: count(1, "Number of control plane nodes: 1, 3, 5 or 7.", oddCount),
  workerReplicas: count(1, "Number of worker nodes.", between(0, 250)),
  nodeImage: derived(
    // "+" is no character of a tag; kind writes "_".
    (_, { kubernetesVersion: version = "" }) => `kindest/node:${version.replace(/^v?/, "v").replace("+", "_")}`,
    "Node image of the workload cluster, by a tag. Empty: kindest/node of kubernetesVersion.",
    imageReference,
  ),
  podCidr: parsed(
    "192.168.0.0/16",
    "Network of the pods: IPv4, IPv6, or both with a comma between them, the primary family first.",
    networksOfSize(
      // kube-controller-manager hands out at most 2^16 of the nodes' networks.
      { ipv4: { shortest: 8, longest: 24 }, ipv6: { shortest: 48, longest: 64 } },
      { ipv4: "each node takes a /24 of it", ipv6: "each node takes a /64 of it" },
    ),
  ),
  serviceCidr: parsed(
    "10.128.0.0/12",
    "Network of the services, of the families that podCidr has, in the same order.",
    networksOfSize(
      { ipv4: { shortest: 12, longest: 28 }, ipv6: { shortest: 108, longest: 124 } },
      { ipv4: "the API server's limits", ipv6: "the API server's limits" },
    ),
  ),
  serviceDomain: text("cluster.local", "DNS domain of the services.", dnsDomain),

  application: flag(true, "Deploy nginx behind a load balancer, and ask it for its page."),
};

/** What keeps pods off a node, as an entry of `taints`. */
export const taintFields = {
  key: requiredText("Key of the taint, as example.org/gpu.", labelKey),
  value: text("", "Value of the taint.", labelValue),
  effect: choice(["NoSchedule", "PreferNoSchedule", "NoExecute"], "What becomes of pods that do not tolerate it."),
};

const taint = pipe(
  mapOf(taintFields),
  transform(({ key, value, effect }): Taint => ({ key, ...(value === "" ? {} : { value }), effect })),
);

/** A group of equal workers, as an entry of `workers`. */
export const poolFields = {
  name: requiredText(
    "Name of the pool; part of its machines' names.",
    dnsLabel(40, "Cluster API appends -xxxxx-xxxxx"),
  ),
  replicas: count(1, "Number of its nodes.", between(0, 250)),
  labels: textMap("Labels of its nodes.", labelKey, labelValue),
  taints: listOf(taint, "Taints of its nodes: key, value, effect."),
};

const pool = pipe(
  mapOf(poolFields),
  transform(({ name, replicas, labels, taints }): WorkerPool => ({
    name,
    replicas,
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
    ...(taints.length > 0 ? { taints } : {}),
  })),
);

/** An infrastructure provider besides Cluster API's own, as an entry of `providers`. */
export const infrastructureProviderFields = {
  name: requiredText(
    "clusterctl's name of the provider, as aws.",
    dnsLabel(40, "clusterctl puts infrastructure- before it"),
  ),
  version: requiredText("Its version, as v2.13.0.", providerVersion),
  manifest: requiredText("Its infrastructure-components.yaml: URL or path.", manifestLocation),
};

const givenAddresses = networksOfSize(
  { ipv4: { shortest: 8, longest: 32 }, ipv6: { shortest: 48, longest: 128 } },
  { ipv4: "one address or more", ipv6: "one address or more" },
);

/** The fields of an entry of `clusters`. Those of the short form are the short form's own, under shorter names. */
export const clusterFields = {
  name: requiredText("Name of the workload cluster.", nameOfCluster),
  namespace: clusterSettings.clusterNamespace,
  kubernetesVersion: clusterSettings.kubernetesVersion,
  controlPlaneReplicas: clusterSettings.controlPlaneReplicas,
  workerReplicas: count(1, "Number of worker nodes, as one pool md-0.", between(0, 250)),
  workers: listOf(pool, "Worker pools, instead of workerReplicas: name, replicas, labels, taints."),
  healthCheck: optional(healthCheck).register(notes, {
    description:
      "Replaces machines that are not healthy: MachineHealthChecks. Absent: none; {}: one with its defaults.",
  }),
  podCidr: clusterSettings.podCidr,
  serviceCidr: clusterSettings.serviceCidr,
  serviceDomain: clusterSettings.serviceDomain,
  cni: text(
    "calico",
    "Pod network: calico, flannel, kindnet, cilium, none, or a manifest's URL or path. In-memory clusters have none.",
    manifestLocation,
    { examples: cniNames },
  ),
  loadBalancer: choice(
    ["metallb", "none", "cloud-provider-kind", "external"],
    "What gives services of type LoadBalancer their addresses. In-memory clusters have none.",
  ),
  application: flag(true, "Deploy nginx behind a load balancer. Default: true where there is one."),
  manifests: texts(
    "Further manifests to apply once the pod network is there: URLs or paths. Values of Secrets stay secret.",
    manifestLocation,
  ),
  nodeImage: clusterSettings.nodeImage,
  backend: choice(["docker", "inMemory"], "docker makes containers; inMemory pretends, for rehearsals of scale."),
  template: text(
    "",
    "Cluster template for another infrastructure provider, with the variables of clusterctl generate: URL or path.",
    orEmpty(manifestLocation),
  ),
  templateVariables: variables("Values for the template's other variables, as AWS_REGION.", templateVariables),
  loadBalancerAddresses: parsed(
    "",
    "Network whose addresses MetalLB gives out (one of each family for dual stack); for a cluster from a template, on its machines' network.",
    (value) => (value === "" ? noNetworks : givenAddresses(value)),
  ),
  loadBalancerSlot: optionalCount(
    "Which block of addresses the load balancer gets, 0 being the highest. Absent: one that follows from the name.",
    between(0, 2 ** 22),
  ),
};

/** The name of a field of a cluster. */
export type ClusterField = keyof typeof clusterFields;

/** The value of every field of a cluster, defaults filled in. */
export type ClusterValues = Omit<ValuesOf<typeof clusterFields>, "backend"> & {
  /** A template is a backend by itself, and not a word of the setting. */
  readonly backend: Backend;
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
