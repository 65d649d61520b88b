import { optional } from "zod/mini";
import { cniNames } from "../../addons/cni";
import { longestNames } from "../../cluster/objects";
import type { Backend } from "../../cluster/spec";
import { noNetworks } from "../../network/networks";
import {
  between,
  dnsDomain,
  dnsLabel,
  imageReference,
  kubernetesVersion,
  labelKey,
  labelValue,
  manifestLocation,
  oddCount,
  orEmpty,
  templateVariables,
} from "./checks";
import { healthCheck } from "./healthCheck";
import { mountFields } from "./mounts";
import { networksOfSize, withoutSpecialPurpose } from "./networks";
import { pool } from "./pools";
import {
  anyValues,
  boolean,
  derivedString,
  integer,
  listOf,
  map,
  mapOf,
  notes,
  oneOf,
  optionalInteger,
  optionalMap,
  parsedString,
  requiredString,
  string,
  stringMap,
  strings,
  type ValuesOf,
} from "./setting";

const nameOfCluster = dnsLabel(longestNames.cluster, "Cluster API appends -control-plane-xxxxx");

/** The single-cluster settings. Fields of an entry of `clusters` have the same schemas. */
export const clusterSettings = {
  clusterName: string("capd", "Name of the workload cluster.", nameOfCluster),
  clusterNamespace: string(
    "default",
    "Namespace of the cluster's objects in the management cluster. Not the namespace of a controller, such as capi-system.",
    dnsLabel(63),
  ),
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
    withoutSpecialPurpose(
      networksOfSize(
        // kube-controller-manager assigns at most 2^16 node networks.
        { ipv4: { shortest: 8, longest: 24 }, ipv6: { shortest: 48, longest: 64 } },
        { ipv4: "each node takes a /24 of it", ipv6: "each node takes a /64 of it" },
      ),
      { ipv4: "10.64.0.0/16", ipv6: "fd00:10:64::/56" },
    ),
  ),
  serviceCidr: parsedString(
    "10.128.0.0/12",
    "Network of the services, with the families of podCidr in the same order.",
    withoutSpecialPurpose(
      networksOfSize(
        { ipv4: { shortest: 12, longest: 28 }, ipv6: { shortest: 108, longest: 124 } },
        { ipv4: "the API server's limits", ipv6: "the API server's limits" },
      ),
      { ipv4: "10.128.0.0/12", ipv6: "fd00:10:128::/108" },
    ),
  ),
  serviceDomain: string("cluster.local", "DNS domain of the services.", dnsDomain),

  application: boolean(true, "Deploy nginx behind a load balancer and request its page."),
};

const parseAddresses = withoutSpecialPurpose(
  networksOfSize(
    { ipv4: { shortest: 8, longest: 32 }, ipv6: { shortest: 48, longest: 128 } },
    { ipv4: "one address or more", ipv6: "one address or more" },
  ),
  { ipv4: "10.0.0.240/28", ipv6: "fd00:10::f0/124" },
);

/** The fields of an entry of `clusters`. */
export const clusterFields = {
  name: requiredString("Name of the workload cluster.", nameOfCluster),
  namespace: clusterSettings.clusterNamespace,
  kubernetesVersion: clusterSettings.kubernetesVersion,
  controlPlaneReplicas: clusterSettings.controlPlaneReplicas,
  workerReplicas: integer(1, "Number of worker nodes in one pool, md-0.", between(0, 250)),
  workers: listOf(
    pool,
    "Worker pools, instead of workerReplicas. Fields: name, type, replicas, minReplicas, maxReplicas, class, labels, taints, kubeadm, mounts.",
  ),
  labels: stringMap(
    "Labels of the Cluster object, by which ClusterResourceSets select clusters.",
    labelKey,
    labelValue,
  ),
  healthCheck: optional(healthCheck).register(notes, {
    description:
      "MachineHealthChecks, which replace unhealthy machines. Absent: no health checks; {}: health checks with defaults.",
  }),
  kubeadm: optionalMap(
    "Settings of kubeadm for the control plane, in the words of Cluster API's KubeadmConfigSpec (v1beta2): docs/guides/kubeadm.md.",
  ),
  mounts: listOf(
    mapOf(mountFields),
    "Files and folders of this machine that all nodes see. Fields: hostPath, containerPath, readOnly.",
  ),
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
    "URLs or paths of additional manifests, applied after the pod network in an order that follows from all of them. Values of Secrets stay secret.",
    manifestLocation,
  ),
  nodeImage: clusterSettings.nodeImage,
  backend: oneOf(
    ["docker", "inMemory"],
    "docker runs machines as containers; inMemory simulates machines, for scale tests.",
  ),
  template: string(
    "",
    "URL or path of a cluster template, with the variables of clusterctl generate. Templates of other infrastructure providers need an entry in providers.",
    orEmpty(manifestLocation),
  ),
  templateVariables: map("Values of additional variables in the template, for example AWS_REGION.", templateVariables),
  class: string(
    "",
    "ClusterClass of the cluster: URL or path of a file with the class and its templates, or the name of a class in the cluster's namespace.",
    orEmpty(manifestLocation),
  ),
  variables: anyValues("Values of the class's variables, by name. The schema of the class checks them."),
  loadBalancerAddresses: parsedString(
    "",
    "For clusters from templates of other providers: network of the addresses that MetalLB assigns, on the network of the machines. Dual-stack: one network of each family.",
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
