import type { ListedContainer } from "../base/container";

/** What the search for a cause reads of a cluster's container. */
export type ContainerFacts = Pick<ListedContainer, "name" | "role" | "state" | "status">;

/** What is found in a machine's container. */
export interface NodeFacts {
  readonly name: string;
  /** The last lines of the kubelet and of containerd. */
  readonly journal: readonly string[];
  /** Containers that ended, the last of each name, with their last lines: etcd and the API server above all. */
  readonly crashed: readonly { readonly container: string; readonly lines: readonly string[] }[];
  /** Where file systems are mounted that have no room. */
  readonly fullDisks: readonly string[];
}

/** What was found out about a cluster, as plain data. What could not be asked is absent and named in `unasked`. */
export interface StuckFacts {
  readonly name: string;
  readonly namespace: string;
  /** The Cluster and all that belongs to it in the management cluster. */
  readonly objects: readonly ApiObject[];
  /** Deployments of Cluster API's providers and of cert-manager. */
  readonly providers: readonly ApiObject[];
  /** Absent where machines are no containers, or Docker does not answer. */
  readonly containers?: readonly ContainerFacts[];
  /** Images that machines without a container are made from and this Docker does not have. */
  readonly missingImages: readonly string[];
  /** The infrastructure controller's last lines of errors that name the cluster. */
  readonly controllerLines: readonly string[];
  /** What is said in the running containers of machines that are not ready. */
  readonly nodes: readonly NodeFacts[];
  /** Nodes, pods, services and warning events of the cluster itself; absent where its API did not answer. */
  readonly inside?: readonly ApiObject[];
  /** What could not be asked, and what was said instead. */
  readonly unasked: readonly string[];
}

/** What is seen outside of Cluster API's own conditions, and what helps. */
export interface Evidence {
  /** What is seen. */
  line: string;
  /** The command or setting that helps; only where the line is the cause and not a consequence. */
  remedy?: string;
}

/** A condition of an object, as Cluster API and Kubernetes write them. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** Reference of one object to another, as v1beta2 of Cluster API writes it. */
export interface Reference {
  readonly apiGroup?: string;
  readonly apiVersion?: string;
  readonly kind: string;
  readonly name: string;
}

/** What of an object in `kubectl get --output json` the search for a cause reads. */
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
  /** Of events. */
  readonly involvedObject?: { readonly kind: string; readonly name: string; readonly namespace?: string };
  readonly reason?: string;
  readonly message?: string;
  readonly type?: string;
}

/** Conditions that are bad when True, and what each says in a word; the others are bad unless True. */
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

/** Conditions that say something only for their own purpose: an absent or False one holds nothing. */
const ignored: readonly string[] = ["Paused", "OwnerRemediated", "ClusterTopologyReconciled"];

/** An object's conditions; v1beta1 keeps those that are meant aside. */
export const conditionsOf = ({ status }: ApiObject): readonly Condition[] => {
  const aside = status?.["v1beta2"] as { conditions?: Condition[] } | undefined;
  return aside?.conditions ?? (status?.["conditions"] as Condition[] | undefined) ?? [];
};

const isBad = ({ type, status }: Condition): boolean =>
  !ignored.includes(type) && (badWhenTrue.includes(type) ? status === "True" : status !== "True");

/** Conditions that only sum up the others. */
const summaries: readonly string[] = ["Ready", "Available"];

/** What is not as it should be: without the summary where something more exact is said, failures before what is awaited. */
export const badConditions = (object: ApiObject): Condition[] => {
  const bad = conditionsOf(object).filter(isBad);
  const exact = bad.filter(({ type }) => !summaries.includes(type));
  const weight = ({ type, status }: Condition): number =>
    badWhenTrue.includes(type) ? 2 : status === "Unknown" ? 1 : 0;
  return (exact.length > 0 ? exact : bad).sort((one, other) => weight(one) - weight(other));
};

/** Whether an object is what it is to be, by its own summary, or else by all of its conditions. */
export const isFine = (object: ApiObject): boolean => {
  if (object.metadata.deletionTimestamp !== undefined) return false;
  const summary = conditionsOf(object).find(({ type }) => summaries.includes(type));
  return summary ? summary.status === "True" : badConditions(object).length === 0;
};
