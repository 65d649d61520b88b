import type { ForeignChange, ForeignFindings } from "./foreignChanges";
import { describeField } from "./foreignSteps";
import type { DeletedObject, DeletedSecret, LostCluster, ObjectReference } from "./deletedObjects";

/** The objects that somebody deleted or changed without Slipway. */
export interface Deletions {
  /** Workload clusters that have to be created again as a whole. */
  clusters: readonly LostCluster[];
  /** All other objects that the stack created. */
  objects: readonly DeletedObject[];
  /** Secrets that Pulumi reads. */
  secrets: readonly DeletedSecret[];
  /** What other programs did to existing objects; absent if nothing. */
  foreign?: ForeignFindings;
}

/** Maximum number of listed objects; the rest is only counted. */
const shownObjects = 20;

/** Returns an object's description: `Deployment default/nginx`. */
export const describeObject = ({ kind, namespace, name }: ObjectReference): string =>
  `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;

const stateOf = ({ isTerminating }: Pick<DeletedObject, "isTerminating">): string =>
  isTerminating ? "is being deleted" : "was deleted";

/** Returns why a workload cluster has to be created again: `Cluster default/capd was deleted`. */
export const describeLoss = ({ objects }: Pick<LostCluster, "objects">): string => {
  // Cluster API deletes all other objects together with the Cluster object.
  const clusters = objects.filter(({ kind }) => kind === "Cluster");
  const causes = clusters.length > 0 ? clusters : objects;
  return causes.map((object) => `${describeObject(object)} ${stateOf(object)}`).join(", ");
};

/** Returns deletions as lines for users, with what `up` does about each deletion. */
export const deletionLines = ({ clusters, objects, secrets, foreign }: Deletions): string[] => [
  ...clusters.map(
    (cluster) =>
      `cluster ${cluster.namespace}/${cluster.name}: ${describeLoss(cluster)}, so everything in the cluster is lost; ` +
      "make up creates the cluster again, empty",
  ),
  ...objects
    .slice(0, shownObjects)
    .map(
      (object) =>
        `cluster ${object.cluster}: ${describeObject(object)} ${stateOf(object)}; make up creates the object again`,
    ),
  ...secrets.map(
    ({ secret, controlPlane }) =>
      `cluster ${secret.cluster}: ${describeObject(secret)} ${stateOf(secret)}; ` +
      `the controller of ${describeObject(controlPlane)} writes the Secret again`,
  ),
  ...(objects.length > shownObjects ? [`${objects.length - shownObjects} more objects were deleted`] : []),
  ...changeLines(foreign?.changes ?? []),
];

const changeLines = (changes: readonly ForeignChange[]): string[] => [
  ...changes
    .slice(0, shownObjects)
    .map(
      ({ cluster, object, fields }) =>
        `cluster ${cluster}: ${describeObject(object)}: ${fields.map(describeField).join(", ")}; make up applies the settings again`,
    ),
  ...(changes.length > shownObjects ? [`${changes.length - shownObjects} more objects were changed`] : []),
];
