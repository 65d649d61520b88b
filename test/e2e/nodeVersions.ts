/** A node at one moment. */
export interface NodeSample {
  name: string;
  controlPlane: boolean;
  version: string;
  ready: boolean;
}

/** All nodes of a cluster at one moment. */
export interface NodesSample {
  /** Milliseconds since the first. */
  at: number;
  nodes: readonly NodeSample[];
}

interface KubernetesNode {
  metadata: { name: string; labels?: Record<string, string> };
  status: { nodeInfo: { kubeletVersion: string }; conditions?: { type: string; status: string }[] };
}

/** Reads `kubectl get nodes --output json`. */
export const nodesOf = (json: string): NodeSample[] =>
  (JSON.parse(json) as { items: KubernetesNode[] }).items.map(({ metadata, status }) => ({
    name: metadata.name,
    controlPlane: metadata.labels?.["node-role.kubernetes.io/control-plane"] !== undefined,
    version: status.nodeInfo.kubeletVersion,
    ready: (status.conditions ?? []).some(({ type, status: value }) => type === "Ready" && value === "True"),
  }));

/** A node joins before it is labelled as control plane: what it ever was, it is in all samples. */
const withRoles = (samples: readonly NodesSample[]): NodesSample[] => {
  const controlPlanes = new Set(
    samples.flatMap(({ nodes }) => nodes.filter(({ controlPlane }) => controlPlane).map(({ name }) => name)),
  );
  return samples.map(({ at, nodes }) => ({
    at,
    nodes: nodes.map((node) => ({ ...node, controlPlane: controlPlanes.has(node.name) })),
  }));
};

/** What an upgrade did against its order, as seen over time; empty if nothing. */
export const orderProblems = (
  samples: readonly NodesSample[],
  { from, to, workers }: { from: string; to: string; workers: number },
): string[] => {
  const problems: string[] = [];
  let controlPlaneDone = false;
  for (const { at, nodes } of withRoles(samples)) {
    const seconds = `after ${(at / 1000).toFixed(0)} s`;
    const old = nodes.filter(({ controlPlane, version }) => controlPlane && version === from);
    const fresh = nodes.filter(({ controlPlane, version }) => !controlPlane && version === to);
    if (old.length > 0 && fresh.length > 0)
      problems.push(`${seconds}: ${names(fresh)} at ${to} while ${names(old)} is at ${from}`);
    const waiting = nodes.some(({ controlPlane, version }) => !controlPlane && version === from);
    if (old.length === 0 && fresh.length === 0 && waiting) controlPlaneDone = true;
    const unexpected = nodes.filter(({ version }) => version !== from && version !== to);
    if (unexpected.length > 0) problems.push(`${seconds}: ${names(unexpected)} at neither ${from} nor ${to}`);
    const ready = nodes.filter((node) => !node.controlPlane && node.ready).length;
    if (ready < workers) problems.push(`${seconds}: ${ready} of ${workers} workers Ready`);
  }
  const last = samples.at(-1)?.nodes ?? [];
  const left = last.filter(({ version }) => version !== to);
  if (last.length === 0 || left.length > 0) problems.push(`at the end not all nodes at ${to}: ${names(left)}`);
  if (!controlPlaneDone) problems.push("no moment at which the control plane was done and the workers were not");
  return [...new Set(problems)];
};

const names = (nodes: readonly NodeSample[]): string => nodes.map(({ name }) => name).join(", ");

/** The course of an upgrade: each moment at which versions differ from the moment before. */
export const courseOf = (samples: readonly NodesSample[]): string[] => {
  let before = "";
  return withRoles(samples).flatMap(({ at, nodes }) => {
    const count = (controlPlane: boolean): string => {
      const versions = nodes.filter((node) => node.controlPlane === controlPlane).map(({ version }) => version);
      return [...new Set(versions)]
        .sort()
        .map((version) => `${versions.filter((one) => one === version).length} × ${version}`)
        .join(" + ");
    };
    const now = `control plane ${count(true)}, workers ${count(false)}`;
    if (now === before) return [];
    before = now;
    return [`${(at / 1000).toFixed(0).padStart(5)} s  ${now}`];
  });
};
