/** Label with the name of the cluster, on containers of kind and of Cluster API's Docker provider. */
export const clusterLabel = "io.x-k8s.kind.cluster";

/** Label with the role of a cluster's container: `control-plane`, `worker` or `external-load-balancer`. */
export const roleLabel = "io.x-k8s.kind.role";

/**
 * Label or annotation that identifies a stack's own objects: in Docker, and in a cluster that the stack did not create.
 */
export const ownerLabel = "dev.slipway.stack";

/** Annotation of a Cluster's control plane with the checksum of the cluster's class. */
export const classAnnotation = "dev.slipway/class";

/** Label with the name of the run's folder, on containers in which a step works. */
export const runLabel = "dev.slipway.run";

/** Returns the value of the owner label for a stack. */
export const ownerOf = (stack: string): string => `slipway/${stack}`;

/** Returns true if an owner label, `PROJECT/STACK`, belongs to the stack. */
export const isOwnedBy = (stack: string, owner: string): boolean => owner.split("/").pop() === stack;
