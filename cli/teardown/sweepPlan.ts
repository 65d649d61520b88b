import type { Container } from "../../lib/base/container";
import type { OwnedNetwork } from "../../system/docker";

/** A container that has a cluster's or an owner's label, or is on the network. */
export type SeenContainer = Pick<Container, "id" | "name" | "cluster" | "owner" | "networks">;

/** What Docker and the checkout have. */
export interface Seen {
  containers: readonly SeenContainer[];
  networks: readonly Pick<OwnedNetwork, "name" | "owner">[];
  /** Names of all volumes. */
  volumes: readonly string[];
  /** Kubeconfig files of the stack. */
  files: readonly string[];
}

/** By what a stack that lost its state knows its own. */
export interface Proof {
  /** Value of the owner label. */
  owner: string;
  /** Clusters of the settings. */
  named: readonly string[];
  /** What earlier runs recorded of their own: clusters, ids of containers, names of volumes. */
  recorded: { clusters: readonly string[]; ids: readonly string[]; volumes: readonly string[] };
}

/** What a sweep takes away, each with what proves it the stack's own, and what it leaves alone though it looked at it. */
export interface SweepPlan {
  containers: { id: string; name: string; why: string }[];
  networks: { name: string; why: string }[];
  volumes: string[];
  files: string[];
  kept: { name: string; why: string }[];
}

/** What proves a container the stack's own; undefined where nothing does. */
const proofOf = (
  { id, cluster, owner, networks }: SeenContainer,
  own: readonly string[],
  proof: Proof,
): string | undefined => {
  if (owner !== "") return owner === proof.owner ? `label ${owner}` : undefined;
  if (proof.recorded.ids.includes(id)) return "recorded by make up";
  if (cluster === "" || !networks.some((name) => own.includes(name))) return undefined;
  if (proof.recorded.clusters.includes(cluster))
    return `cluster ${cluster}, recorded by make up, on the stack's network`;
  if (proof.named.includes(cluster)) return `cluster ${cluster} of the settings, on the stack's network`;
  return undefined;
};

const whyKept = (
  { cluster, owner, networks }: SeenContainer,
  own: readonly string[],
  named: readonly string[],
): string => {
  if (owner !== "") return `belongs to the stack ${owner}`;
  if (networks.some((name) => own.includes(name)))
    return cluster === ""
      ? "on the stack's network, but no cluster's"
      : `of cluster ${cluster}, which neither settings nor records name`;
  return named.includes(cluster)
    ? `of a cluster named ${cluster} as the stack's, but not on a network of the stack's own`
    : `of cluster ${cluster}, which is not the stack's`;
};

/**
 * What of a machine belongs to a stack whose state is lost. A name is no proof, since any kind cluster may have it and
 * joins the network kind: a container is the stack's by its label, by an id that `make up` recorded, or by its cluster's
 * name together with a network that has the stack's label. A network that others use stays.
 */
export const planSweep = (seen: Seen, proof: Proof): SweepPlan => {
  const ours = seen.networks.filter(({ owner }) => owner === proof.owner).map(({ name }) => name);
  const named = [...proof.named, ...proof.recorded.clusters];
  const containers: SweepPlan["containers"] = [];
  const kept: SweepPlan["kept"] = [];
  for (const container of seen.containers) {
    const why = proofOf(container, ours, proof);
    if (why !== undefined) containers.push({ id: container.id, name: container.name, why });
    else kept.push({ name: `container ${container.name}`, why: whyKept(container, ours, named) });
  }
  const networks: SweepPlan["networks"] = [];
  for (const name of ours) {
    const users = seen.containers.filter(
      ({ id, networks: on }) => on.includes(name) && !containers.some((own) => own.id === id),
    );
    if (users.length === 0) networks.push({ name, why: `label ${proof.owner}` });
    else kept.push({ name: `network ${name}`, why: `in use by ${users.map((user) => user.name).join(", ")}` });
  }
  const volumes = seen.volumes.filter((name) => proof.recorded.volumes.includes(name));
  return { containers, networks, volumes, files: [...seen.files], kept };
};

/** Whether there is nothing to take away. */
export const isSwept = ({ containers, networks, volumes, files }: SweepPlan): boolean =>
  [containers, networks, volumes, files].every((things) => things.length === 0);

/** A plan as lines to read. */
export const sweepText = ({ containers, networks, volumes, files, kept }: SweepPlan): string[] => [
  ...containers.map(({ name, why }) => `  container ${name} with its volumes (${why})`),
  ...volumes.map((name) => `  volume ${name} (recorded by make up)`),
  ...networks.map(({ name, why }) => `  network ${name} (${why})`),
  ...files.map((name) => `  file ${name}`),
  ...(kept.length > 0 ? ["left alone:", ...kept.map(({ name, why }) => `  ${name}: ${why}`)] : []),
];
