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
  boolean,
  derivedString,
  integer,
  listOf,
  map,
  mapOf,
  notes,
  oneOf,
  optionalInteger,
  parsedString,
  requiredString,
  string,
  stringMap,
  strings,
  type ValuesOf,
} from "./setting";

/** A condition that makes a node unhealthy: an entry of `unhealthyNodeConditions`. */
export const nodeConditionFields = {
  type: string("Ready", "Type of the node condition, for example Ready or DiskPressure.", labelKey),
  status: oneOf(["Unknown", "False", "True"], "Status of the condition that means unhealthy."),
  timeoutSeconds: integer(300, "Seconds after which a node with this status is unhealthy.", between(1, 86_400)),
};

/** Health checks of a cluster, with the field names of Cluster API's MachineHealthCheck (v1beta2). */
export const healthCheckFields = {
  nodeStartupTimeoutSeconds: integer(
    600,
    "Seconds after which a machine without a node is unhealthy; 0 disables this check.",
    between(0, 86_400),
  ),
  unhealthyNodeConditions: listOf(
    mapOf(nodeConditionFields),
    "Node conditions that mean unhealthy. Fields: type, status, timeoutSeconds. Default: Ready is Unknown or False for 300 seconds.",
  ),
  unhealthyLessThanOrEqualTo: string(
    "",
    'Maximum of unhealthy machines in a group, for example 40% or "1"; Cluster API replaces no machines above it. Empty: no maximum.',
    countOrPercentage,
  ),
};

/** Conditions of Cluster API's examples: a node that reports not Ready, and a node that stopped reporting. */
const defaultConditions: NodeCondition[] = (["Unknown", "False"] as const).map((status) => ({
  type: "Ready",
  status,
  timeoutSeconds: 300,
}));

const healthCheck = pipe(
  mapOf(healthCheckFields),
  transform(({ nodeStartupTimeoutSeconds, unhealthyNodeConditions: conditions, ...limit }): HealthCheck => {
    const atMost = limit.unhealthyLessThanOrEqualTo;
    return {
      nodeStartupTimeoutSeconds,
      unhealthyNodeConditions: conditions.length > 0 ? conditions : defaultConditions,
      ...(atMost === "" ? {} : { unhealthyLessThanOrEqualTo: atMost.endsWith("%") ? atMost : Number(atMost) }),
    };
  }),
);

const nameOfCluster = dnsLabel(longestNames.cluster, "Cluster API appends -control-plane-xxxxx");

/** The single-cluster settings. Fields of an entry of `clusters` have the same schemas. */
export const clusterSettings = {
  clusterName: string("capd", "Name of the workload cluster.", nameOfCluster),
  clusterNamespace: string("default", "Namespace of the cluster's objects in the management cluster.", dnsLabel(63)),
  kubernetesVersion: derivedString(
    (versions) => `v${versions.kubernetes}`,
    "Kubernetes version of the workload cluster. Empty: the pinned version.",
    kubernetesVersion,
  ),
  controlPlaneReplicas: integer(1, "Number of control plane nodes: 1, 3, 5 or 7.", oddCount),
  workerReplicas: integer(1, "Number of worker nodes.", between(0, 250)),
  nodeImage: derivedString(
    // A tag cannot contain "+", so kind writes "_".
    (_, { kubernetesVersion: version = "" }) => `kindest/node:${version.replace(/^v?/, "v").replace("+", "_")}`,
    "Node image of the workload cluster, with a tag. Empty: kindest/node of kubernetesVersion.",
    imageReference,
  ),
  podCidr: parsedString(
    "192.168.0.0/16",
    "Network of the pods: IPv4, IPv6, or both separated by a comma, with the primary family first.",
    networksOfSize(
      // kube-controller-manager assigns at most 2^16 node networks.
      { ipv4: { shortest: 8, longest: 24 }, ipv6: { shortest: 48, longest: 64 } },
      { ipv4: "each node takes a /24 of it", ipv6: "each node takes a /64 of it" },
    ),
  ),
  serviceCidr: parsedString(
    "10.128.0.0/12",
    "Network of the services, with the families of podCidr in the same order.",
    networksOfSize(
      { ipv4: { shortest: 12, longest: 28 }, ipv6: { shortest: 108, longest: 124 } },
      { ipv4: "the API server's limits", ipv6: "the API server's limits" },
    ),
  ),
  serviceDomain: string("cluster.local", "DNS domain of the services.", dnsDomain),

  application: boolean(true, "Deploy nginx behind a load balancer and request its page."),
};

/** A taint of the nodes of a pool: an entry of `taints`. */
export const taintFields = {
  key: requiredString("Key of the taint, for example example.org/gpu.", labelKey),
  value: string("", "Value of the taint.", labelValue),
  effect: oneOf(["NoSchedule", "PreferNoSchedule", "NoExecute"], "Effect on pods that do not tolerate the taint."),
};

const taint = pipe(
  mapOf(taintFields),
  transform(({ key, value, effect }): Taint => ({ key, ...(value === "" ? {} : { value }), effect })),
);

/** A pool of equal worker nodes: an entry of `workers`. */
export const poolFields = {
  name: requiredString(
    "Name of the pool, which is a part of the names of its machines.",
    dnsLabel(40, "Cluster API appends -xxxxx-xxxxx"),
  ),
  replicas: integer(1, "Number of nodes in the pool.", between(0, 250)),
  labels: stringMap("Labels of the nodes.", labelKey, labelValue),
  taints: listOf(taint, "Taints of the nodes. Fields: key, value, effect."),
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

/** An additional infrastructure provider: an entry of `providers`. */
export const infrastructureProviderFields = {
  name: requiredString(
    "Name of the provider in clusterctl, for example aws.",
    dnsLabel(40, "clusterctl puts infrastructure- before it"),
  ),
  version: requiredString("Version of the provider, for example v2.13.0.", providerVersion),
  manifest: requiredString("URL or path of the provider's infrastructure-components.yaml.", manifestLocation),
};

const parseAddresses = networksOfSize(
  { ipv4: { shortest: 8, longest: 32 }, ipv6: { shortest: 48, longest: 128 } },
  { ipv4: "one address or more", ipv6: "one address or more" },
);

/** The fields of an entry of `clusters`. */
export const clusterFields = {
  name: requiredString("Name of the workload cluster.", nameOfCluster),
  namespace: clusterSettings.clusterNamespace,
  kubernetesVersion: clusterSettings.kubernetesVersion,
  controlPlaneReplicas: clusterSettings.controlPlaneReplicas,
  workerReplicas: integer(1, "Number of worker nodes in one pool, md-0.", between(0, 250)),
  workers: listOf(pool, "Worker pools, instead of workerReplicas. Fields: name, replicas, labels, taints."),
  healthCheck: optional(healthCheck).register(notes, {
    description:
      "MachineHealthChecks, which replace unhealthy machines. Absent: no health checks; {}: health checks with defaults.",
  }),
  podCidr: clusterSettings.podCidr,
  serviceCidr: clusterSettings.serviceCidr,
  serviceDomain: clusterSettings.serviceDomain,
  cni: string(
    "calico",
    "Pod network: calico, flannel, kindnet, cilium, none, or URL or path of a manifest. In-memory clusters have no pod network.",
    manifestLocation,
    { examples: cniNames },
  ),
  loadBalancer: oneOf(
    ["metallb", "none", "cloud-provider-kind", "external"],
    "Controller that assigns addresses to services of type LoadBalancer. In-memory clusters have no load balancer.",
  ),
  application: boolean(true, "Deploy nginx behind a load balancer. Default: true if the cluster has a load balancer."),
  manifests: strings(
    "URLs or paths of additional manifests, applied after the pod network. Values of Secrets stay secret.",
    manifestLocation,
  ),
  nodeImage: clusterSettings.nodeImage,
  backend: oneOf(
    ["docker", "inMemory"],
    "docker runs machines as containers; inMemory simulates machines, for scale tests.",
  ),
  template: string(
    "",
    "URL or path of a cluster template for another infrastructure provider, with the variables of clusterctl generate.",
    orEmpty(manifestLocation),
  ),
  templateVariables: map("Values of additional variables in the template, for example AWS_REGION.", templateVariables),
  loadBalancerAddresses: parsedString(
    "",
    "For clusters from templates: network of the addresses that MetalLB assigns, on the network of the machines. Dual-stack: one network of each family.",
    (value) => (value === "" ? noNetworks : parseAddresses(value)),
  ),
  loadBalancerSlot: optionalInteger(
    "Number of the load balancer's block of addresses; 0 is the highest block. Absent: a block derived from the cluster's name.",
    between(0, 2 ** 22),
  ),
};

/** The name of a field of a cluster. */
export type ClusterField = keyof typeof clusterFields;

/** The values of all fields of a cluster, with defaults filled in. */
export type ClusterValues = Omit<ValuesOf<typeof clusterFields>, "backend"> & {
  /** `template` is a backend too, but not a value of the setting. */
  readonly backend: Backend;
};

/** The single-cluster setting for each field that has such a setting. */
export const singleClusterKeys = {
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
