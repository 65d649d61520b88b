import { run } from "./exec";

/** The label kind and Cluster API's Docker provider put on their containers: the cluster's name. */
export const clusterLabel = "io.x-k8s.kind.cluster";

/** The label by which a stack knows its Docker network; the same as in components/management/dockerNetwork.ts. */
export const ownerLabel = "dev.slipway.stack";

/** The label's value for a stack. */
export const ownerOf = (stack: string): string => `slipway/${stack}`;

/** What a stack holds in Docker. */
export interface Holdings {
  /** Cluster names, by which containers are found. */
  clusters: string[];
  containers: string[];
  volumes: string[];
  networks: string[];
  /** Ids of containers that an `up` saw at its end: proof where a name or a network is none. */
  ids?: string[];
}

/** Runs docker and gives the lines it prints. */
export type Docker = (...args: string[]) => Promise<string[]>;

/** The docker command. */
export const docker: Docker = async (...args) =>
  (await run("docker", args)).split("\n").filter((line) => line.trim() !== "");

/** Names in order, each once. */
export const unique = (names: string[]): string[] => [...new Set(names)].sort();

const withLabel = async (
  what: readonly string[],
  field: string,
  label: string,
  passes: (value: string) => boolean,
  ask: Docker,
): Promise<string[]> => {
  const rows = await ask(...what, "--filter", `label=${label}`, "--format", `{{.${field}}} {{.Label "${label}"}}`);
  return rows.flatMap((row) => {
    const [found = "", value = ""] = row.split(" ");
    return passes(value) ? [found] : [];
  });
};

/** The names of what has a label with a value that passes. */
const labelled = (
  what: readonly string[],
  label: string,
  passes: (value: string) => boolean,
  ask: Docker,
): Promise<string[]> => withLabel(what, nameField(what), label, passes, ask);

/** The same, by ids: a name may be another one's meanwhile. */
export const labelledIds = (
  what: readonly string[],
  label: string,
  passes: (value: string) => boolean,
  ask: Docker,
): Promise<string[]> => withLabel([...what, "--no-trunc"], "ID", label, passes, ask);

const nameField = ([what]: readonly string[]): string => (what === "ps" ? "Names" : "Name");

/** Networks with the stack's label; the value is PROJECT/STACK. */
const ownNetworks = (stack: string, ask: Docker): Promise<string[]> =>
  labelled(["network", "ls"], ownerLabel, (owner) => owner.split("/").pop() === stack, ask);

/** Containers with the stack's label: helpers, which belong to no cluster. */
const ownContainers = (stack: string, ask: Docker): Promise<string[]> =>
  labelled(["ps", "--all"], ownerLabel, (owner) => owner.split("/").pop() === stack, ask);

/** The containers of clusters, by the label; of no cluster there are none, and Docker is not asked. */
export const containersOf = async (clusters: readonly string[], ask: Docker): Promise<string[]> =>
  clusters.length === 0 ? [] : labelled(["ps", "--all"], clusterLabel, (cluster) => clusters.includes(cluster), ask);

/** Removes containers, running or not, with the volumes that have no name of their own; Docker takes them all at a time. */
export const removeContainers = async (names: readonly string[], ask: Docker = docker): Promise<void> => {
  if (names.length > 0) await ask("rm", "--force", "--volumes", ...names);
};

/**
 * What the stack holds now, by the names of its clusters. Not by the network: any kind cluster of this machine joins the
 * network kind, whoever made it. Volumes are found through their containers, since kind's have neither name nor label.
 */
export const findHoldings = async (
  stack: string,
  clusters: readonly string[],
  ask: Docker = docker,
): Promise<Holdings> => {
  const [networks, ofClusters, own] = await Promise.all([
    ownNetworks(stack, ask),
    containersOf(clusters, ask),
    ownContainers(stack, ask),
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
export const strangersOn = async (network: string, ours: readonly string[], ask: Docker = docker): Promise<string[]> =>
  (await ask("ps", "--all", "--filter", `network=${network}`, "--format", "{{.Names}}")).filter(
    (name) => !ours.includes(name),
  );

/**
 * What is still there of the holdings, as lines that name the command that removes it.
 *
 * @param staying names of networks that are to stay
 */
export const findLeftovers = async (
  stack: string,
  held: Holdings,
  staying: readonly string[] = [],
  ask: Docker = docker,
): Promise<string[]> => {
  const now = await findHoldings(stack, held.clusters, ask);
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
