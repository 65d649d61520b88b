import { existsSync, statfsSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { listArguments, networkName, parseContainers } from "../../lib/base/container";
import type { Cidr } from "../../lib/network/cidr";
import { type ProxyVariables, readProxyVariables } from "../../lib/network/proxy";
import type { NamedContainer } from "../../lib/settings/containerNames";
import type { Route } from "../../lib/versions/pins";
import { cgroupMemoryLimit } from "./cgroup";
import { type DockerFacts, readDockerFacts } from "./dockerFacts";
import { type DockerDisk, diskOfDocker, findDockerd, memoryOfDocker } from "./dockerMachine";
import { cidrsOf, inspectNetworks } from "./dockerNetworks";
import { hardOpenFiles, type HostRoute, hostRoutes, kernelFeatures } from "./kernel";
import { readNumber, readOutput, readText } from "./readers";

/** The tools that every route installs. */
export const requiredTools = [
  "pulumi",
  "pulumi-language-nodejs",
  "pulumi-resource-command",
  "pulumi-resource-docker",
  "pulumi-resource-kubernetes",
  "kind",
  "kubectl",
  "clusterctl",
];

/** Input of all checks. Unknown facts are undefined. */
export interface HostFacts {
  platform: string;
  route: Route;
  node: string;
  go?: string;
  docker: DockerFacts;
  inotify: { watches?: number; instances?: number };
  /** Hard limit of open files; Infinity if unlimited. */
  openFiles?: number;
  /** Memory for containers, and cores for containers. */
  memoryBytes: number;
  cores: number;
  /** What limits the memory; absent if it is all memory of this machine. */
  memoryOf?: string;
  /** Memory limit of the cgroup in which Slipway runs; absent without a limit. */
  ownMemoryBytes?: number;
  /** Free bytes on the cache's disk. */
  freeBytes?: number;
  /** Absent if Docker keeps its files in another machine, or in a folder that cannot be measured. */
  dockerDisk?: DockerDisk;
  /** Versions that the tools print; null for a missing tool. */
  tools: Record<string, string | null>;
  /** Kernel features by name; empty if their state is unknown. */
  kernel: Record<string, boolean>;
  /** Existing containers of kind and Cluster API. */
  containers: { name: string; cluster: string }[];
  /** All containers, including stopped ones and those without labels. */
  allContainers?: NamedContainer[];
  /** Routes of both families without default routes, and gateways. */
  routes: HostRoute[];
  /** Proxy of the environment. */
  proxy?: ProxyVariables;
  /** Docker's networks other than `kind`. */
  dockerNetworks: { name: string; device: string; subnets: Cidr[] }[];
  /** Devices that belong to the Docker network `kind`. */
  kindDevices: string[];
  /** Value of the owner label of the Docker network `kind`; absent if the network or the label does not exist. */
  kindOwner?: string;
  /** IPv4 and IPv6 subnets of the Docker network `kind`; absent if the network does not exist. */
  kindSubnets?: string[];
}

const freeBytesOf = (folder: string): number | undefined => {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
};

const versionArguments: Record<string, string[]> = {
  pulumi: ["version"],
  kind: ["version"],
  kubectl: ["version", "--client", "--output=json"],
  clusterctl: ["version", "--output=short"],
};

/** Reads the facts of this machine and changes nothing. Without `tools` it skips the tools and Go. */
export const gatherFacts = async (
  checkout: string,
  route: Route,
  cacheFolder: string,
  { tools: withTools = true } = {},
): Promise<HostFacts> => {
  const bin = join(checkout, ".tools", "bin");
  const path = `${bin}:${process.env.PATH ?? ""}`;
  const linux = process.platform === "linux";
  const docker = (...args: string[]) => readOutput("docker", args, path);
  const [go, dockerFacts, containers, networks, ...tools] = await Promise.all([
    withTools ? readOutput("go", ["env", "GOVERSION"], path) : { text: undefined },
    readDockerFacts(path),
    docker(...listArguments()),
    inspectNetworks(docker),
    ...(withTools ? requiredTools : []).map(async (tool): Promise<[string, string | null]> => {
      if (!existsSync(join(bin, tool))) return [tool, null];
      const args = versionArguments[tool];
      return [tool, args ? ((await readOutput(join(bin, tool), args, path)).text ?? "") : ""];
    }),
  ]);
  const all = parseContainers((containers.text ?? "").split("\n"));
  const kind = networks.find(({ name }) => name === networkName);
  const otherNetworks = networks.filter(({ name }) => name !== networkName);
  const cache = existsSync(cacheFolder) ? cacheFolder : checkout;
  const disk = linux ? diskOfDocker(dockerFacts, cache) : undefined;
  const ownLimit = linux ? cgroupMemoryLimit(readText, "self") : undefined;
  const limits = readText("/proc/self/limits");
  return {
    platform: process.platform,
    route,
    node: process.versions.node,
    go: go.text?.replace(/^go/, ""),
    docker: dockerFacts,
    inotify: {
      watches: readNumber("/proc/sys/fs/inotify/max_user_watches"),
      instances: readNumber("/proc/sys/fs/inotify/max_user_instances"),
    },
    openFiles: limits === undefined ? undefined : hardOpenFiles(limits),
    ...memoryOfDocker(dockerFacts, totalmem(), linux ? findDockerd() : undefined),
    cores: dockerFacts.cores ?? availableParallelism(),
    ...(ownLimit === undefined ? {} : { ownMemoryBytes: ownLimit }),
    freeBytes: freeBytesOf(cache),
    ...(disk === undefined ? {} : { dockerDisk: disk }),
    tools: Object.fromEntries(tools),
    // A caller that skips the tools has a running Docker, which does not start without these features.
    kernel: linux && withTools ? await kernelFeatures(path) : {},
    containers: all.filter(({ cluster }) => cluster !== "").map(({ name, cluster }) => ({ name, cluster })),
    allContainers: all.map(({ name, cluster, owner, state }) => ({ name, cluster, owner, state })),
    routes: linux ? hostRoutes(readText) : [],
    dockerNetworks: otherNetworks.map((one) => ({ name: one.name, device: one.device, subnets: cidrsOf(one) })),
    proxy: readProxyVariables(process.env),
    kindDevices: kind ? [kind.device] : [],
    ...(kind?.owner ? { kindOwner: kind.owner } : {}),
    ...(kind ? { kindSubnets: [...kind.subnets] } : {}),
  };
};
