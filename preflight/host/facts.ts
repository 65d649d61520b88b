import { existsSync, statfsSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { listArguments, networkName, parseContainers } from "../../lib/base/container";
import { clusterLabel } from "../../lib/base/labels";
import type { Cidr } from "../../lib/network/cidr";
import type { Route } from "../../lib/versions/pins";
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
  docker: {
    /** Version line of the docker command; read only if the server does not answer. */
    client?: string;
    server?: string;
    error?: string;
    socket: boolean;
    cgroup?: string;
    os?: string;
    /** Id of the server that the docker command uses; absent if unknown. */
    id?: string;
    /** Id of the server behind the socket; absent if unknown. */
    socketId?: string;
    /** Reason why the server behind the socket does not answer. */
    socketError?: string;
    /** Configuration of the docker command, such as `context rootless`; present only if the two servers differ. */
    endpoint?: string;
    /** Whether the server keeps images in its containerd image store. */
    hasContainerdStore?: boolean;
    /** Version of the docker command; only with the containerd image store. */
    clientVersion?: string;
  };
  inotify: { watches?: number; instances?: number };
  /** Hard limit of open files; Infinity if unlimited. */
  openFiles?: number;
  memoryBytes: number;
  cores: number;
  /** Free bytes on the cache's disk. */
  freeBytes?: number;
  /** Versions that the tools print; null for a missing tool. */
  tools: Record<string, string | null>;
  /** Kernel features by name; empty if their state is unknown. */
  kernel: Record<string, boolean>;
  /** Existing containers of kind and Cluster API. */
  containers: { name: string; cluster: string }[];
  /** Routes of both families without default routes, and gateways. */
  routes: HostRoute[];
  /** Docker's networks other than `kind`. */
  dockerNetworks: { name: string; device: string; subnets: Cidr[] }[];
  /** Devices that belong to the Docker network `kind`. */
  kindDevices: string[];
  /** Value of the owner label of the Docker network `kind`; absent if the network or the label does not exist. */
  kindOwner?: string;
  /** IPv4 and IPv6 subnets of the Docker network `kind`; absent if the network does not exist. */
  kindSubnets?: string[];
}

/** Format of `docker info`: one line, the id alone, the image store. */
const infoFormat =
  "{{.ServerVersion}} {{.CgroupVersion}} {{.OSType}}/{{.OperatingSystem}}\n{{.ID}}\n{{json .DriverStatus}}";

const dockerSocket = "/var/run/docker.sock";

/** Returns the configuration that determines the docker command's server: DOCKER_HOST, or a context. */
const endpointOf = async (path: string): Promise<string> => {
  const host = process.env.DOCKER_HOST;
  if (host) return `DOCKER_HOST=${host}`;
  const { text } = await readOutput("docker", ["context", "inspect", "--format", "{{.Name}}"], path);
  return `context ${text || "of its own"}`;
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
  const hasSocket = existsSync(dockerSocket);
  const [go, info, socket, containers, networks, ...tools] = await Promise.all([
    withTools ? readOutput("go", ["env", "GOVERSION"], path) : { text: undefined },
    docker("info", "--format", infoFormat),
    // The docker plugin and Cluster API use the socket, not the context of the docker command.
    hasSocket ? docker("-H", `unix://${dockerSocket}`, "info", "--format", "{{.ID}}") : { text: undefined, error: "" },
    docker(...listArguments(`label=${clusterLabel}`)),
    inspectNetworks(docker),
    ...(withTools ? requiredTools : []).map(async (tool): Promise<[string, string | null]> => {
      if (!existsSync(join(bin, tool))) return [tool, null];
      const args = versionArguments[tool];
      return [tool, args ? ((await readOutput(join(bin, tool), args, path)).text ?? "") : ""];
    }),
  ]);
  // Without an answer, either the server is stopped or the docker command is missing.
  const client = info.text === undefined ? await readOutput("docker", ["--version"], path) : { text: undefined };
  const [facts = "", id, store = ""] = (info.text ?? "").split("\n");
  const [server, cgroup, ...system] = facts.split(" ");
  const hasContainerdStore = store.includes("io.containerd.snapshotter");
  const clientVersion = hasContainerdStore
    ? (await docker("version", "--format", "{{.Client.Version}}")).text
    : undefined;
  const endpoint = info.text !== undefined && hasSocket && id !== socket.text ? await endpointOf(path) : undefined;
  const kind = networks.find(({ name }) => name === networkName);
  const others = networks.filter(({ name }) => name !== networkName);
  const statfs = ((): number | undefined => {
    try {
      const { bavail, bsize } = statfsSync(existsSync(cacheFolder) ? cacheFolder : checkout);
      return bavail * bsize;
    } catch {
      return undefined;
    }
  })();
  const limits = readText("/proc/self/limits");
  return {
    platform: process.platform,
    route,
    node: process.versions.node,
    go: go.text?.replace(/^go/, ""),
    docker: {
      client: client.text,
      server: server || undefined,
      error: info.error,
      socket: hasSocket,
      cgroup: cgroup || undefined,
      os: system.join(" ") || undefined,
      id: id || undefined,
      socketId: socket.text || undefined,
      socketError: socket.error || undefined,
      endpoint,
      hasContainerdStore,
      clientVersion: clientVersion || undefined,
    },
    inotify: {
      watches: readNumber("/proc/sys/fs/inotify/max_user_watches"),
      instances: readNumber("/proc/sys/fs/inotify/max_user_instances"),
    },
    openFiles: limits === undefined ? undefined : hardOpenFiles(limits),
    memoryBytes: totalmem(),
    cores: availableParallelism(),
    freeBytes: statfs,
    tools: Object.fromEntries(tools),
    // A caller that skips the tools has a running Docker, which does not start without these features.
    kernel: linux && withTools ? await kernelFeatures(path) : {},
    containers: parseContainers((containers.text ?? "").split("\n")).map(({ name, cluster }) => ({ name, cluster })),
    routes: linux ? hostRoutes(readText) : [],
    dockerNetworks: others.map((one) => ({ name: one.name, device: one.device, subnets: cidrsOf(one) })),
    kindDevices: kind ? [kind.device] : [],
    ...(kind?.owner ? { kindOwner: kind.owner } : {}),
    ...(kind ? { kindSubnets: [...kind.subnets] } : {}),
  };
};
