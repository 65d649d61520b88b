import { isRecord } from "./json";

const [minSize, maxSize] = [
  "cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size",
  "cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size",
];

/** Annotations by which Cluster API's autoscaler takes over the replicas of an object. */
export const autoscalerAnnotations = [minSize, maxSize];

/** Returns the annotations that let the autoscaler set the replicas of an object between two bounds. */
export const autoscalerBounds = (min: number, max: number): Record<string, string> => ({
  [minSize]: String(min),
  [maxSize]: String(max),
});

/** Returns a bound of an autoscaler in annotations; undefined if they have no number for it. */
const boundIn = (annotations: unknown, name: string): number | undefined => {
  const bound = isRecord(annotations) ? Number(annotations[name] ?? NaN) : NaN;
  return Number.isSafeInteger(bound) && bound >= 0 ? bound : undefined;
};

/** Returns the bounds in the annotations of an object. */
export const boundsIn = (annotations: unknown): { min: number | undefined; max: number | undefined } => ({
  min: boundIn(annotations, minSize),
  max: boundIn(annotations, maxSize),
});

/** Returns true if annotations let the autoscaler set the replicas of their object. */
export const isAutoscaled = (annotations: unknown): boolean =>
  isRecord(annotations) && autoscalerAnnotations.some((name) => annotations[name] !== undefined);

/** Environment variable with the names of the resources that have the annotations in the cluster, separated by commas. */
export const autoscaledVariable = "SLIPWAY_AUTOSCALED";

/** Options of a resource that the engine stores nowhere as an input, so they change no existing stack. */
interface ReplicaOptions {
  ignoreChanges?: string[];
}

/**
 * Returns options that leave the replicas of an object to the autoscaler. The plugin then applies the object without
 * replicas that the autoscaler set.
 *
 * @param name - the resource's name
 */
export const replicaOptions = (
  name: string,
  annotations: unknown,
  environment: Readonly<Record<string, string | undefined>>,
): ReplicaOptions => {
  const inCluster = (environment[autoscaledVariable] ?? "").split(",").includes(name);
  return inCluster || isAutoscaled(annotations) ? { ignoreChanges: ["spec.replicas"] } : {};
};
