/** Label domains that Cluster API copies from a Machine to its Node, now and whenever they change. */
const propagatedDomains = ["node-role.kubernetes.io", "node-restriction.kubernetes.io", "node.cluster.x-k8s.io"];

/** Labels for nodes, by the way they get there. */
export interface NodeLabels {
  /** Labels of the Machine, which Cluster API keeps on the Node; a change touches no machine. */
  machine: Record<string, string>;
  /** Labels the kubelet registers its Node with; a change is a rollout. */
  kubelet: Record<string, string>;
}

/** Sorts node labels by the way they get to the node. */
export const nodeLabels = (labels: Readonly<Record<string, string>>): NodeLabels => {
  const sorted: NodeLabels = { machine: {}, kubelet: {} };
  for (const [key, value] of Object.entries(labels)) sorted[isPropagated(key) ? "machine" : "kubelet"][key] = value;
  return sorted;
};

/** The kubelet's `--node-labels`: `a=b,c=d`, sorted, so that the order in the settings makes no difference. */
export const nodeLabelsArgument = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(",");

const isPropagated = (key: string): boolean => {
  const domain = key.split("/", 1)[0] ?? "";
  const [role, ...withSubdomains] = propagatedDomains;
  return domain === role || withSubdomains.some((parent) => domain === parent || domain.endsWith(`.${parent}`));
};
