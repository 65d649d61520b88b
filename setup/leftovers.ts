import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "./run";

/** The label kind and Cluster API's Docker provider put on their containers: the cluster's name. */
export const clusterLabel = "io.x-k8s.kind.cluster";

/** The label by which a stack knows its Docker network; the same as in components/dockerNetwork.ts. */
export const ownerLabel = "dev.slipway.stack";

/** What a stack holds in Docker. */
export interface Holdings {
  /** Cluster names, by which containers are found. */
  clusters: string[];
  containers: string[];
  volumes: string[];
  networks: string[];
}

/** Runs docker and gives the lines it prints. */
export type Docker = (...args: string[]) => Promise<string[]>;

/** The docker command. */
export const docker: Docker = async (...args) =>
  (await run("docker", args)).split("\n").filter((line) => line.trim() !== "");

const unique = (names: string[]): string[] => [...new Set(names)].sort();

/** Networks with the stack's label; the value is PROJECT/STACK. */
const ownNetworks = async (stack: string, ask: Docker): Promise<string[]> => {
  const rows = await ask(
    "network",
    "ls",
    "--filter",
    `label=${ownerLabel}`,
    "--format",
    `{{.Name}} {{.Label "${ownerLabel}"}}`,
  );
  return rows.flatMap((row) => {
    const [name = "", owner = ""] = row.split(" ");
    return owner.split("/").pop() === stack ? [name] : [];
  });
};

const containersOf = async (clusters: string[], ask: Docker): Promise<string[]> => {
  const all = await ask(
    "ps",
    "--all",
    "--filter",
    `label=${clusterLabel}`,
    "--format",
    `{{.Names}} {{.Label "${clusterLabel}"}}`,
  );
  return all.flatMap((row) => {
    const [name = "", cluster = ""] = row.split(" ");
    return clusters.includes(cluster) ? [name] : [];
  });
};

/**
 * What the stack holds now. Clusters are those of its outputs, and those with containers on its network: a broken `up`
 * has no outputs. Volumes are found through their containers, since kind's have neither name nor label.
 */
export const findHoldings = async (stack: string, listed: string[], ask: Docker = docker): Promise<Holdings> => {
  const networks = await ownNetworks(stack, ask);
  const onNetwork = await Promise.all(
    networks.map((network) =>
      ask(
        "ps",
        "--all",
        "--filter",
        `network=${network}`,
        "--filter",
        `label=${clusterLabel}`,
        "--format",
        `{{.Label "${clusterLabel}"}}`,
      ),
    ),
  );
  const clusters = unique([...listed, ...onNetwork.flat()]);
  const containers = await containersOf(clusters, ask);
  const format = '{{range .Mounts}}{{if eq .Type "volume"}}{{.Name}}{{"\\n"}}{{end}}{{end}}';
  // One by one: a container that goes away meanwhile must not hide the volumes of the others.
  const volumes = (
    await Promise.all(containers.map((name) => ask("inspect", "--format", format, name).catch(() => [])))
  ).flat();
  return { clusters, containers: unique(containers), volumes: unique(volumes), networks: unique(networks) };
};

const recordFile = (checkout: string, stack: string): string => join(checkout, ".slipway", "holdings", `${stack}.json`);

/** What earlier runs found and did not see go: a destroy that is called twice still knows the volumes. */
export const recall = (checkout: string, stack: string): Holdings => {
  try {
    return JSON.parse(readFileSync(recordFile(checkout, stack), "utf8")) as Holdings;
  } catch {
    return { clusters: [], containers: [], volumes: [], networks: [] };
  }
};

/** Keeps holdings beside those already recorded. */
export const record = (checkout: string, stack: string, holdings: Holdings): Holdings => {
  const before = recall(checkout, stack);
  const merged: Holdings = {
    clusters: unique([...before.clusters, ...holdings.clusters]),
    containers: unique([...before.containers, ...holdings.containers]),
    volumes: unique([...before.volumes, ...holdings.volumes]),
    networks: unique([...before.networks, ...holdings.networks]),
  };
  mkdirSync(dirname(recordFile(checkout, stack)), { recursive: true });
  writeFileSync(recordFile(checkout, stack), `${JSON.stringify(merged, null, 2)}\n`);
  return merged;
};

/** Forgets the record: nothing of it is left. */
export const forget = (checkout: string, stack: string): void => rmSync(recordFile(checkout, stack), { force: true });

/** What is still there of the holdings, as lines that name the command that removes it. */
export const findLeftovers = async (stack: string, held: Holdings, ask: Docker = docker): Promise<string[]> => {
  const now = await findHoldings(stack, held.clusters, ask);
  const volumes = new Set(await ask("volume", "ls", "--quiet"));
  return [
    ...now.containers.map((name) => `container ${name} (docker rm --force --volumes ${name})`),
    ...unique([...held.volumes, ...now.volumes])
      .filter((name) => volumes.has(name))
      .map((name) => `volume ${name} (docker volume rm ${name})`),
    ...now.networks.map((name) => `network ${name} (docker network rm ${name})`),
  ];
};
