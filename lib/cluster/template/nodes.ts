import { autoscalerAnnotations } from "../../base/autoscaler";
import type { KubernetesObject } from "../../kubernetes/object";
import type { ClusterParts } from "../parts";

const poolKinds = ["MachineDeployment", "MachinePool"];

/** Annotations of a pool whose number of nodes another controller sets, as Cluster API's webhooks and providers read them. */
const scalers = ["cluster.x-k8s.io/replicas-managed-by", ...autoscalerAnnotations];

/** Returns true for an owner of worker nodes. */
export const isPool = ({ kind }: KubernetesObject): boolean => poolKinds.includes(kind);

/** Returns whether another controller changes the number of a pool's nodes. */
const isScaled = ({ metadata: { annotations = {} } }: KubernetesObject): boolean =>
  scalers.some((name) => annotations[name] !== undefined && annotations[name] !== "false");

/** Returns every `{kind, name}` within a value. */
export const referencesIn = (value: unknown): { kind: string; name: string }[] => {
  if (typeof value !== "object" || value === null) return [];
  const { kind, name } = value as { kind?: unknown; name?: unknown };
  const inner = Object.values(value).flatMap(referencesIn);
  return typeof kind === "string" && typeof name === "string" && !("metadata" in value)
    ? [{ kind, name }, ...inner]
    : inner;
};

/** Returns a value in which every `{kind, name}` has the new name of `KIND/NAME`. Marked secrets stay as they are. */
export const renameReferences = (value: unknown, names: ReadonlyMap<string, string>): unknown => {
  if (Array.isArray(value)) return value.map((item) => renameReferences(item, names));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const { kind, name } = value as { kind?: unknown; name?: unknown };
  const renamed = names.get(`${String(kind)}/${String(name)}`);
  const entries = Object.entries(value).map(([key, inner]) => [key, renameReferences(inner, names)] as const);
  return { ...Object.fromEntries(entries), ...(renamed === undefined ? {} : { name: renamed }) };
};

/**
 * Returns whether a control plane creates machines. All control planes with machines refer to a template for the machines.
 * A cloud or a hosting provider runs the other ones, whose `replicas` are not nodes.
 */
const hasMachines = (controlPlane: KubernetesObject): boolean =>
  controlPlane.kind === "KubeadmControlPlane" ||
  referencesIn(controlPlane["spec"]).some(({ kind }) => kind.endsWith("MachineTemplate"));

/** Returns the number of machines that an owner creates. */
export const replicasOf = (owner: KubernetesObject): number => {
  const { replicas } = (owner["spec"] ?? {}) as { replicas?: unknown };
  return Number(replicas ?? 1);
};

/** Returns the nodes that the owners in a template create. */
export const nodesOf = (
  controlPlane: KubernetesObject,
  workers: readonly KubernetesObject[],
): Pick<ClusterParts, "nodes" | "scaledOwners" | "hasManagedControlPlane"> => {
  const isManaged = !hasMachines(controlPlane);
  const pools = workers.filter(isPool);
  const fixed = [...(isManaged ? [] : [controlPlane]), ...pools.filter((pool) => !isScaled(pool))];
  const scaled = pools.filter(isScaled).map(({ metadata }) => metadata.name);
  return {
    nodes: fixed.reduce((total, owner) => total + replicasOf(owner), 0),
    ...(scaled.length > 0 ? { scaledOwners: scaled } : {}),
    ...(isManaged ? { hasManagedControlPlane: true } : {}),
  };
};
