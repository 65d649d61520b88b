import { between, oddCount } from "./checks/counts";
import { dnsDomain, dnsLabel } from "./checks/names";
import { networks } from "./checks/networks";
import { imageReference, kubernetesVersion } from "./checks/releases";
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
  podCidr: text(
    "192.168.0.0/16",
    "Network of the pods: IPv4, IPv6, or both with a comma between them, the primary family first.",
    networks(
      // kube-controller-manager hands out at most 2^16 of the nodes' networks.
      { ipv4: { shortest: 8, longest: 24 }, ipv6: { shortest: 48, longest: 64 } },
      { ipv4: "each node takes a /24 of it", ipv6: "each node takes a /64 of it" },
    ),
  ),
  serviceCidr: text(
    "10.128.0.0/12",
    "Network of the services, of the families that podCidr has, in the same order.",
    networks(
      { ipv4: { shortest: 12, longest: 28 }, ipv6: { shortest: 108, longest: 124 } },
      { ipv4: "the API server's limits", ipv6: "the API server's limits" },
    ),
  ),
  serviceDomain: text("cluster.local", "DNS domain of the services.", dnsDomain),

  application: flag(true, "Deploy nginx behind a load balancer, and ask it for its page."),
};
