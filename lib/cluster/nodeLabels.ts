/** Label domains that Cluster API copies from a Machine to its Node, also after a change. */
const propagatedDomains = ["node-role.kubernetes.io", "node-restriction.kubernetes.io", "node.cluster.x-k8s.io"];

/** Domains of Kubernetes, in which a kubelet may set only a few labels of its own Node. */
const kubernetesDomains = ["kubernetes.io", "k8s.io"];

/** Domains in which a kubelet may set any label. */
const kubeletDomains = ["kubelet.kubernetes.io", "node.kubernetes.io"];

/** Other labels that a kubelet may set, as k8s.io/kubelet/pkg/apis lists them. */
const kubeletLabels = [
  ...["kubernetes.io/hostname", "kubernetes.io/os", "kubernetes.io/arch"],
  ...["topology.kubernetes.io/zone", "topology.kubernetes.io/region"],
  ...["failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region"],
  ...["beta.kubernetes.io/instance-type", "beta.kubernetes.io/os", "beta.kubernetes.io/arch"],
];

/** Label by which Cluster API finds the nodes of a control plane. */
export const controlPlaneLabel = "node-role.kubernetes.io/control-plane";

/** Node labels by the way in which they reach the node. */
export interface NodeLabels {
  /** Labels of the Machine, which Cluster API syncs to the Node; a change replaces no machine. */
  machine: Record<string, string>;
  /** Labels with which kubelet registers its Node; a change is a rollout. */
  kubelet: Record<string, string>;
}

/** Groups node labels by the way in which they reach the node. */
export const nodeLabels = (labels: Readonly<Record<string, string>>): NodeLabels => {
  const sorted: NodeLabels = { machine: {}, kubelet: {} };
  for (const [key, value] of Object.entries(labels)) sorted[isPropagated(key) ? "machine" : "kubelet"][key] = value;
  return sorted;
};

/**
 * Returns kubelet's `--node-labels`: `a=b,c=d`. The labels are sorted, so their order in the settings does not matter.
 */
export const nodeLabelsArgument = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(",");

const domainOf = (key: string): string => (key.includes("/") ? (key.split("/", 1)[0] ?? "") : "");

const isWithin = (domain: string, parents: readonly string[]): boolean =>
  parents.some((parent) => domain === parent || domain.endsWith(`.${parent}`));

const isPropagated = (key: string): boolean => {
  const domain = key.split("/", 1)[0] ?? ""; // Cluster API also compares a key without a domain
  const [role, ...withSubdomains] = propagatedDomains;
  return domain === role || isWithin(domain, withSubdomains);
};

/** Returns whether a node can get a label. A kubelet with another label of Kubernetes' domains does not start. */
export const canLabelNode = (key: string): boolean =>
  isPropagated(key) ||
  kubeletLabels.includes(key) ||
  isWithin(domainOf(key), kubeletDomains) ||
  !isWithin(domainOf(key), kubernetesDomains);
