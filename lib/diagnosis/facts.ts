import type { ListedContainer } from "../base/container";

/** Fields of a cluster's container that the diagnosis reads. */
export type ContainerFacts = Pick<ListedContainer, "name" | "role" | "state" | "status">;

/** Findings in a machine's container. */
export interface NodeFacts {
  readonly name: string;
  /** The last lines of kubelet and containerd. */
  readonly journal: readonly string[];
  /**
   * Exited containers with their last log lines; the latest container of each name. etcd and the API server matter
   * most.
   */
  readonly crashed: readonly { readonly container: string; readonly lines: readonly string[] }[];
  /** Mount points of file systems without free space. */
  readonly fullDisks: readonly string[];
}

/** Findings about a cluster, as plain data. A source that does not answer has no value, and is listed in `unreachable`. */
export interface StuckFacts {
  readonly name: string;
  readonly namespace: string;
  /** The Cluster and all its objects in the management cluster. */
  readonly objects: readonly ApiObject[];
  /** Deployments of Cluster API's providers and of cert-manager. */
  readonly providers: readonly ApiObject[];
  /** Absent if machines are not containers, or if Docker does not answer. */
  readonly containers?: readonly ContainerFacts[];
  /** Images of machines without a container that this Docker does not have. */
  readonly missingImages: readonly string[];
  /** The last errors of the infrastructure controller that name the cluster. */
  readonly controllerLines: readonly string[];
  /** Findings in the running containers of machines that are not ready. */
  readonly nodes: readonly NodeFacts[];
  /** Nodes, pods, services and warning events of the cluster itself; absent if its API does not answer. */
  readonly workloadObjects?: readonly ApiObject[];
  /** Sources that did not answer, with their errors. */
  readonly unreachable: readonly string[];
}

/** An observation outside of Cluster API's conditions, and its remedy. */
export interface Evidence {
  /** The observation. */
  line: string;
  /** The command or setting that helps; absent if the line is a consequence and not a cause. */
  remedy?: string;
}

/** A condition of an object, as Cluster API and Kubernetes write it. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** A reference between objects, in the format of Cluster API's v1beta2. */
export interface Reference {
  readonly apiGroup?: string;
  readonly apiVersion?: string;
  readonly kind: string;
  readonly name: string;
}

/** Fields of an object from `kubectl get --output json` that the diagnosis reads. */
export interface ApiObject {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly Reference[];
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
  /** Set for events. */
  readonly involvedObject?: { readonly kind: string; readonly name: string; readonly namespace?: string };
  readonly reason?: string;
  readonly message?: string;
  readonly type?: string;
}

/** Conditions that are bad if True. Other conditions are bad unless True. */
const badWhenTrue: readonly string[] = [
  "Deleting",
  "Remediating",
  "RollingOut",
  "ScalingUp",
  "ScalingDown",
  "Updating",
  "DiskPressure",
  "MemoryPressure",
  "PIDPressure",
  "NetworkUnavailable",
  "OwnerRemediated",
  "HealthCheckFailed",
];

/** Conditions that never block a cluster. */
const ignored: readonly string[] = ["Paused", "OwnerRemediated", "ClusterTopologyReconciled"];

/** Returns an object's conditions. In v1beta1 the relevant conditions are in a separate field. */
export const conditionsOf = ({ status }: ApiObject): readonly Condition[] => {
  const separate = status?.["v1beta2"] as { conditions?: Condition[] } | undefined;
  return separate?.conditions ?? (status?.["conditions"] as Condition[] | undefined) ?? [];
};

/** Returns true for a condition without its desired status. */
export const isBad = ({ type, status }: Condition): boolean =>
  !ignored.includes(type) && (badWhenTrue.includes(type) ? status === "True" : status !== "True");

/** Conditions that summarize other conditions. */
const summaries: readonly string[] = ["Ready", "Available"];

/**
 * Returns the bad conditions: failures first, conditions that wait last. Omits a summary if a more exact condition
 * exists.
 */
export const badConditions = (object: ApiObject): Condition[] => {
  const bad = conditionsOf(object).filter(isBad);
  const exact = bad.filter(({ type }) => !summaries.includes(type));
  const weight = ({ type, status }: Condition): number =>
    badWhenTrue.includes(type) ? 2 : status === "Unknown" ? 1 : 0;
  return (exact.length > 0 ? exact : bad).sort((left, right) => weight(left) - weight(right));
};

/** Returns true for an object in its desired state, by its summary condition or else by all of its conditions. */
export const isFine = (object: ApiObject): boolean => {
  if (object.metadata.deletionTimestamp !== undefined) return false;
  const summary = conditionsOf(object).find(({ type }) => summaries.includes(type));
  return summary ? summary.status === "True" : badConditions(object).length === 0;
};
