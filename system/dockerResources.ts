import { clusterLabel, isOwnedBy, ownerLabel } from "../lib/base/labels";
import { docker, type Docker, listContainers, listNetworks } from "./docker";

/** What a stack holds in Docker. */
export interface DockerResources {
  /** Cluster names, by which containers are found. */
  clusters: string[];
  containers: string[];
  volumes: string[];
  networks: string[];
  /** Ids of containers that an `up` saw at its end: proof where a name or a network is none. */
  ids?: string[];
}

/** Names in order, each once. */
export const unique = (names: string[]): string[] => [...new Set(names)].sort();

/** The names of networks with the stack's label. */
const stackNetworks = async (stack: string, ask: Docker): Promise<string[]> =>
  (await listNetworks(ask)).filter(({ owner }) => isOwnedBy(stack, owner)).map(({ name }) => name);

/** The names of containers with the stack's label: helpers, which belong to no cluster. */
const stackContainers = async (stack: string, ask: Docker): Promise<string[]> =>
  (await listContainers(ask, `label=${ownerLabel}`))
    .filter(({ owner }) => isOwnedBy(stack, owner))
    .map(({ name }) => name);

/** The names of the containers of clusters, by the label; of no cluster there are none, and Docker is not asked. */
export const containersOf = async (clusters: readonly string[], ask: Docker): Promise<string[]> =>
  clusters.length === 0
    ? []
    : (await listContainers(ask, `label=${clusterLabel}`))
        .filter(({ cluster }) => clusters.includes(cluster))
        .map(({ name }) => name);

/** Removes containers, running or not, with the volumes that have no name of their own; Docker takes them all at a time. */
export const removeContainers = async (names: readonly string[], ask: Docker = docker): Promise<void> => {
  if (names.length > 0) await ask("rm", "--force", "--volumes", ...names);
};

/**
 * What the stack holds now, by the names of its clusters. Not by the network: any kind cluster of this machine joins the
 * network kind, whoever made it. Volumes are found through their containers, since kind's have neither name nor label.
 */
export const findDockerResources = async (
  stack: string,
  clusters: readonly string[],
  ask: Docker = docker,
): Promise<DockerResources> => {
  const [networks, ofClusters, own] = await Promise.all([
    stackNetworks(stack, ask),
    containersOf(clusters, ask),
    stackContainers(stack, ask),
  ]);
  const containers = [...ofClusters, ...own];
  const format = '{{range .Mounts}}{{if eq .Type "volume"}}{{.Name}}{{"\\n"}}{{end}}{{end}}';
  const volumesOf = (...names: string[]): Promise<string[]> => ask("inspect", "--format", format, ...names);
  const oneByOne = async (): Promise<string[]> =>
    (await Promise.all(containers.map((name) => volumesOf(name).catch(() => [])))).flat();
  // One of them may go away meanwhile: it must not hide the volumes of the others.
  const volumes = containers.length === 0 ? [] : await volumesOf(...containers).catch(oneByOne);
  return {
    clusters: unique([...clusters]),
    containers: unique(containers),
    volumes: unique(volumes),
    networks: unique(networks),
  };
};

/** Containers on a network that are not among those named: while they use it, it cannot be removed. */
export const foreignContainersOn = async (
  network: string,
  ours: readonly string[],
  ask: Docker = docker,
): Promise<string[]> =>
  (await listContainers(ask, `network=${network}`)).map(({ name }) => name).filter((name) => !ours.includes(name));

/**
 * What is still there of the holdings, as lines that name the command that removes it.
 *
 * @param staying names of networks that are to stay
 */
export const findRemaining = async (
  stack: string,
  held: DockerResources,
  staying: readonly string[] = [],
  ask: Docker = docker,
): Promise<string[]> => {
  const now = await findDockerResources(stack, held.clusters, ask);
  const volumes = new Set(await ask("volume", "ls", "--quiet"));
  return [
    ...now.containers.map((name) => `container ${name} (docker rm --force --volumes ${name})`),
    ...unique([...held.volumes, ...now.volumes])
      .filter((name) => volumes.has(name))
      .map((name) => `volume ${name} (docker volume rm ${name})`),
    ...now.networks
      .filter((name) => !staying.includes(name))
      .map((name) => `network ${name} (docker network rm ${name})`),
  ];
};
