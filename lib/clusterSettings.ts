import { between, dnsDomain, dnsLabel, imageReference, kubernetesVersion, network, oddCount } from "./checks";
import { longestNames } from "./clusterObjects";
import { count, derived, flag, text } from "./setting";

/** The settings of the one cluster of the short form; the fields of an entry of `clusters` are made of them. */
export const clusterSettings = {
  clusterName: text(
    "capd",
    "Name of the workload cluster.",
    dnsLabel(longestNames.cluster, "Cluster API appends -control-plane-xxxxx"),
  ),
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
    (_, { kubernetesVersion: version }) => `kindest/node:${String(version).replace(/^v?/, "v").replace("+", "_")}`,
    "Node image of the workload cluster, by a tag. Empty: kindest/node of kubernetesVersion.",
    imageReference,
  ),
  podCidr: text("192.168.0.0/16", "IPv4 network of the pods.", network(8, 24, "each node takes a /24 of it")),
  serviceCidr: text("10.128.0.0/12", "IPv4 network of the services.", network(12, 28, "the API server's limits")),
  serviceDomain: text("cluster.local", "DNS domain of the services.", dnsDomain),

  application: flag(true, "Deploy nginx behind a load balancer, and ask it for its page."),
};
