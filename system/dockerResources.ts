import { clusterLabel, isOwnedBy, ownerLabel } from "../lib/base/labels";
import { docker, type Docker, listContainers, listNetworks } from "./docker";
import { ownContainerVariable } from "./ownContainer";

/** The Docker resources of a stack. */
export interface DockerResources {
  /** Names of clusters, which the labels of their containers contain. */
  clusters: string[];
  containers: string[];
  volumes: string[];
  networks: string[];
  /** Ids of the containers that existed at the end of an `up`. Names and networks do not prove ownership; ids do. */
  ids?: string[];
}

/** Returns the names sorted and without duplicates. */
export const unique = (names: string[]): string[] => [...new Set(names)].sort();

/** Returns the names of networks with the stack's owner label. */
const stackNetworks = async (stack: string, runDocker: Docker): Promise<string[]> =>
  (await listNetworks(runDocker)).filter(({ owner }) => isOwnedBy(stack, owner)).map(({ name }) => name);

/** Returns the names of containers with the stack's owner label: helpers, which do not belong to a cluster. */
const stackContainers = async (stack: string, runDocker: Docker): Promise<string[]> =>
  (await listContainers(runDocker, `label=${ownerLabel}`))
    .filter(({ owner }) => isOwnedBy(stack, owner))
    .map(({ name }) => name);

/** Returns the names of the clusters' containers. Without clusters it does not call Docker. */
export const containersOf = async (clusters: readonly string[], runDocker: Docker): Promise<string[]> =>
  clusters.length === 0
    ? []
    : (await listContainers(runDocker, `label=${clusterLabel}`))
        .filter(({ cluster }) => clusters.includes(cluster))
        .map(({ name }) => name);

/** Removes running and stopped containers together with their anonymous volumes, in one Docker command. */
export const removeContainers = async (names: readonly string[], runDocker: Docker = docker): Promise<void> => {
  if (names.length > 0) await runDocker("rm", "--force", "--volumes", ...names);
};

/**
 * Finds the Docker resources of a stack by the names of its clusters. The network `kind` does not identify them, because
 * every kind cluster of this machine joins it. Volumes are found through their containers, because kind's volumes have
 * neither a name nor a label.
 */
export const findDockerResources = async (
  stack: string,
  clusters: readonly string[],
  runDocker: Docker = docker,
): Promise<DockerResources> => {
  const [networks, clusterContainers, helpers] = await Promise.all([
    stackNetworks(stack, runDocker),
    containersOf(clusters, runDocker),
    stackContainers(stack, runDocker),
  ]);
  const containers = [...clusterContainers, ...helpers];
  const format = '{{range .Mounts}}{{if eq .Type "volume"}}{{.Name}}{{"\\n"}}{{end}}{{end}}';
  const volumesOf = (...names: string[]): Promise<string[]> => runDocker("inspect", "--format", format, ...names);
  const oneByOne = async (): Promise<string[]> =>
    (await Promise.all(containers.map((name) => volumesOf(name).catch(() => [])))).flat();
  // A container that disappears meanwhile fails the command; then each container is inspected alone.
  const volumes = containers.length === 0 ? [] : await volumesOf(...containers).catch(oneByOne);
  return {
    clusters: unique([...clusters]),
    containers: unique(containers),
    volumes: unique(volumes),
    networks: unique(networks),
  };
};

/**
 * Returns the containers on a network that are not in `ours`. Docker cannot remove the network while they use it. The container
 * of this process does not count if Slipway has connected it, because Slipway disconnects it before.
 */
export const foreignContainersOn = async (
  network: string,
  ours: readonly string[],
  runDocker: Docker = docker,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string[]> =>
  (await listContainers(runDocker, `network=${network}`))
    .filter(({ id }) => id !== env[ownContainerVariable])
    .map(({ name }) => name)
    .filter((name) => !ours.includes(name));

/**
 * Returns a line for each resource that still exists, with the command that removes it.
 *
 * @param staying names of networks that the stack does not delete
 */
export const findRemaining = async (
  stack: string,
  recorded: DockerResources,
  staying: readonly string[] = [],
  runDocker: Docker = docker,
): Promise<string[]> => {
  const now = await findDockerResources(stack, recorded.clusters, runDocker);
  const volumes = new Set(await runDocker("volume", "ls", "--quiet"));
  return [
    ...now.containers.map((name) => `container ${name} (docker rm --force --volumes ${name})`),
    ...unique([...recorded.volumes, ...now.volumes])
      .filter((name) => volumes.has(name))
      .map((name) => `volume ${name} (docker volume rm ${name})`),
    ...now.networks
      .filter((name) => !staying.includes(name))
      .map((name) => `network ${name} (docker network rm ${name})`),
  ];
};
