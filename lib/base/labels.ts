/** The label of a cluster's containers, of kind and of Cluster API's Docker provider: the name of the cluster. */
export const clusterLabel = "io.x-k8s.kind.cluster";

/** The label of what a cluster's container does: `control-plane`, `worker` or `external-load-balancer`. */
export const roleLabel = "io.x-k8s.kind.role";

/** The label or annotation by which a stack knows what it made: in Docker, and in a cluster that is not its own. */
export const ownerLabel = "dev.slipway.stack";

/** The label of containers that a step works in: the name of the run's folder. */
export const runLabel = "dev.slipway.run";

/** Returns the value of the owner label for a stack. */
export const ownerOf = (stack: string): string => `slipway/${stack}`;

/** Returns true for an owner label, `PROJECT/STACK`, of a stack. */
export const isOwnedBy = (stack: string, owner: string): boolean => owner.split("/").pop() === stack;
