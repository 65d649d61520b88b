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

/** A value deep in an object; undefined where the path ends early. */
export const at = (object: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined),
    object,
  );
