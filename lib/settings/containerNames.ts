import { containerName as cloudProviderKind } from "../addons/cloudProviderKind";
import { infrastructureOf } from "../cluster/infrastructure";
import type { Settings } from "./types";

/** A container name that a stack needs, or names with a random end. Volumes of kind and Cluster API have no names. */
export interface NeededName {
  readonly pattern: RegExp;
  /** Cluster of the container's label; empty for a container with only the owner label. */
  readonly cluster: string;
  /** The user of the name, in words. */
  readonly user: string;
}

/** Random letters and digits that Kubernetes appends to a generated name. */
const random = "-[a-z0-9]{5}";

/** Names of clusters and pools have only letters, digits and hyphens, which mean themselves in a pattern. */
const named = (cluster: string, names: string, user: string): NeededName => ({
  pattern: new RegExp(`^${names}$`),
  cluster,
  user,
});

/**
 * Returns the names of all containers that a stack needs: kind's node, and for each cluster its load balancer and its
 * machines. Cluster API takes the names of the machines from their objects.
 */
export const neededContainerNames = ({
  management,
  clusters,
  ...settings
}: Pick<Settings, "management" | "clusters" | "cloudProviderKind">): NeededName[] => [
  ...(management.kubeconfig === ""
    ? [named(management.name, `${management.name}-control-plane`, `the management cluster ${management.name}`)]
    : []),
  ...clusters
    .filter(({ backend }) => infrastructureOf(backend).onDocker)
    .flatMap(({ name, workerPools, template }) => [
      named(name, `${name}-lb`, `the load balancer of cluster ${name}`),
      named(
        name,
        `${template?.facts?.controlPlane ?? `${name}-control-plane`}(${random})?`,
        `control plane nodes of cluster ${name}`,
      ),
      ...workerPools.map((pool) =>
        named(
          name,
          // The provider names the machines of all MachinePools alike.
          pool.type === "machinePool" ? `${name}-worker-[a-z0-9]{6}` : `${name}-${pool.name}${random}${random}`,
          `worker nodes of cluster ${name}`,
        ),
      ),
    ]),
  ...(settings.cloudProviderKind === undefined ? [] : [named("", cloudProviderKind, cloudProviderKind)]),
];

/** The fields of a container that decide whether it is in the way. */
export interface NamedContainer {
  readonly name: string;
  /** Empty without the label. */
  readonly cluster: string;
  readonly owner: string;
  /** `running`, `exited` and so on. */
  readonly state: string;
}

/** A container that is in the way of a stack. */
export interface NameConflict {
  readonly name: string;
  readonly state: string;
  readonly user: string;
}

/**
 * Returns the containers with a name that the stack needs and without the label that its own containers have. Containers
 * with the label of a cluster are judged by that label.
 *
 * @param owner value of the owner label of the stack's Docker resources
 */
export const findNameConflicts = (
  needed: readonly NeededName[],
  containers: readonly NamedContainer[],
  owner: string,
): NameConflict[] =>
  containers.flatMap((container) => {
    const match = needed.find(({ pattern }) => pattern.test(container.name));
    if (match === undefined) return [];
    const isOwn = match.cluster === "" ? container.owner === owner : container.cluster === match.cluster;
    return isOwn ? [] : [{ name: container.name, state: container.state, user: match.user }];
  });

/** Returns a conflict in words. */
export const conflictText = ({ name, state, user }: NameConflict): string => `${name} (${state}; ${user})`;
