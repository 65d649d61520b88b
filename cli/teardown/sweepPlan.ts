import type { Container } from "../../lib/base/container";
import type { OwnedNetwork } from "../../system/docker";

/** A container with a cluster's or an owner's label, or on the stack's network. */
export type SeenContainer = Pick<Container, "id" | "name" | "cluster" | "owner" | "networks">;

/** Objects of Docker and files of the checkout. */
export interface Inventory {
  containers: readonly SeenContainer[];
  networks: readonly Pick<OwnedNetwork, "name" | "owner">[];
  /** Names of all volumes. */
  volumes: readonly string[];
  /** Kubeconfig files of the stack. */
  files: readonly string[];
}

/** Facts that identify the objects of a stack without a state. */
export interface Proof {
  /** Value of the owner label. */
  owner: string;
  /** Clusters of the settings. */
  named: readonly string[];
  /** Records of earlier runs: clusters, ids of containers, names of volumes. */
  recorded: { clusters: readonly string[]; ids: readonly string[]; volumes: readonly string[] };
}

/** Objects that a sweep removes, each with the proof of ownership, and inspected objects that it keeps. */
export interface SweepPlan {
  containers: { id: string; name: string; why: string }[];
  networks: { name: string; why: string }[];
  volumes: string[];
  files: string[];
  kept: { name: string; why: string }[];
}

/** Returns the proof that a container belongs to the stack; undefined without a proof. */
const proofOf = (
  { id, cluster, owner, networks }: SeenContainer,
  stackNetworks: readonly string[],
  proof: Proof,
): string | undefined => {
  if (owner !== "") return owner === proof.owner ? `label ${owner}` : undefined;
  if (proof.recorded.ids.includes(id)) return "recorded by make up";
  if (cluster === "" || !networks.some((name) => stackNetworks.includes(name))) return undefined;
  if (proof.recorded.clusters.includes(cluster))
    return `cluster ${cluster}, recorded by make up, on the stack's network`;
  if (proof.named.includes(cluster)) return `cluster ${cluster} of the settings, on the stack's network`;
  return undefined;
};

const reasonToKeep = (
  { cluster, owner, networks }: SeenContainer,
  stackNetworks: readonly string[],
  named: readonly string[],
): string => {
  if (owner !== "") return `belongs to the stack ${owner}`;
  if (networks.some((name) => stackNetworks.includes(name)))
    return cluster === ""
      ? "on the stack's network, but not of a cluster"
      : `of cluster ${cluster}, which neither settings nor records name`;
  return named.includes(cluster)
    ? `of a cluster named ${cluster}, as in the stack, but not on a network of the stack`
    : `of cluster ${cluster}, which is not the stack's`;
};

/**
 * Selects the objects of a stack whose state is lost. The name of a cluster is not a proof, because any kind cluster may have
 * the name and joins the network kind. A container belongs to the stack in three cases: it has the stack's label; `make up`
 * recorded its id; or its cluster's name is the stack's and its network has the stack's label. A network in use stays.
 */
export const planSweep = (inventory: Inventory, proof: Proof): SweepPlan => {
  const stackNetworks = inventory.networks.filter(({ owner }) => owner === proof.owner).map(({ name }) => name);
  const named = [...proof.named, ...proof.recorded.clusters];
  const containers: SweepPlan["containers"] = [];
  const kept: SweepPlan["kept"] = [];
  for (const container of inventory.containers) {
    const why = proofOf(container, stackNetworks, proof);
    if (why !== undefined) containers.push({ id: container.id, name: container.name, why });
    else kept.push({ name: `container ${container.name}`, why: reasonToKeep(container, stackNetworks, named) });
  }
  const networks: SweepPlan["networks"] = [];
  for (const name of stackNetworks) {
    const users = inventory.containers.filter(
      ({ id, networks: on }) => on.includes(name) && !containers.some((removed) => removed.id === id),
    );
    if (users.length === 0) networks.push({ name, why: `label ${proof.owner}` });
    else kept.push({ name: `network ${name}`, why: `in use by ${users.map((user) => user.name).join(", ")}` });
  }
  const volumes = inventory.volumes.filter((name) => proof.recorded.volumes.includes(name));
  return { containers, networks, volumes, files: [...inventory.files], kept };
};

/** Returns true if the plan removes nothing. */
export const isEmptyPlan = ({ containers, networks, volumes, files }: SweepPlan): boolean =>
  [containers, networks, volumes, files].every((things) => things.length === 0);

/** Returns a plan as lines for the user. */
export const sweepText = ({ containers, networks, volumes, files, kept }: SweepPlan): string[] => [
  ...containers.map(({ name, why }) => `  container ${name} with its volumes (${why})`),
  ...volumes.map((name) => `  volume ${name} (recorded by make up)`),
  ...networks.map(({ name, why }) => `  network ${name} (${why})`),
  ...files.map((name) => `  file ${name}`),
  ...(kept.length > 0 ? ["kept:", ...kept.map(({ name, why }) => `  ${name}: ${why}`)] : []),
];
