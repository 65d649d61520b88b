import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { readOutput } from "./readers";

/** What this machine knows about Docker. Unknown facts are undefined. */
export interface DockerFacts {
  /** Version line of the docker command; read only if the server does not answer. */
  client?: string;
  server?: string;
  error?: string;
  socket: boolean;
  cgroup?: string;
  /** `cgroupfs` or `systemd`: it decides about the cgroup that all containers are in. */
  cgroupDriver?: string;
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
  /** Variable of the environment that chooses the server. */
  chosenBy?: "DOCKER_HOST" | "DOCKER_CONTEXT";
  /** Context of the docker command; absent with DOCKER_HOST. */
  context?: string;
  /** Address of the server, such as `unix:///var/run/docker.sock`, without a password. */
  address?: string;
  /** Names of the server's components, such as `Engine` or `Podman Engine`. */
  components?: string[];
  /** Security options of the server, such as `name=rootless`. */
  security?: string[];
  /** Name of the server's machine; present only if it is not this machine. */
  machine?: string;
  /** Folder of the server's images and containers. */
  dataRoot?: string;
  /** Memory of the server's machine. */
  memoryBytes?: number;
  /** Cores of the server's machine. */
  cores?: number;
}

/** Format of `docker info`: one line, then one line for each other field. */
const infoFormat = [
  "{{.ServerVersion}} {{.CgroupVersion}} {{.OSType}}/{{.OperatingSystem}}",
  ...["{{.ID}}", "{{json .DriverStatus}}", "{{json .SecurityOptions}}", "{{.Name}}", "{{.DockerRootDir}}"],
  "{{.MemTotal}} {{.NCPU}} {{.CgroupDriver}}",
].join("\n");

/** Format of `docker version`: the version of the command, then a line for each component of the server. */
const versionFormat = "{{.Client.Version}}\n{{range .Server.Components}}{{.Name}}\n{{end}}";

/** The socket that the docker plugin and Cluster API use, whatever the docker command uses. */
export const dockerSocket = "/var/run/docker.sock";

/** Removes a password from an address. */
const withoutPassword = (address: string): string => address.replace(/:[^:/@]*@/, "@");

/** Returns what chooses the server of the docker command, and the server's address. */
const readChoice = async (
  docker: (...args: string[]) => ReturnType<typeof readOutput>,
): Promise<Pick<DockerFacts, "chosenBy" | "context" | "address">> => {
  const { DOCKER_HOST: host, DOCKER_CONTEXT: variable } = process.env;
  if (host) return { chosenBy: "DOCKER_HOST", address: withoutPassword(host) };
  const { text = "" } = await docker("context", "inspect", "--format", "{{.Name}} {{.Endpoints.docker.Host}}");
  const [context, address] = text.split(" ");
  return {
    ...(variable ? { chosenBy: "DOCKER_CONTEXT" as const } : {}),
    ...(context || variable ? { context: context || variable } : {}),
    ...(address ? { address: withoutPassword(address) } : {}),
  };
};

const endpointText = ({ chosenBy, context, address }: DockerFacts): string =>
  chosenBy === "DOCKER_HOST" ? `DOCKER_HOST=${address}` : `context ${context ?? "of its own"}`;

const listIn = (json: string | undefined): string[] => {
  try {
    const value: unknown = JSON.parse(json ?? "[]");
    return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
  } catch {
    return [];
  }
};

/**
 * Reads what this machine knows about Docker, and changes nothing.
 *
 * @param path PATH for the docker command
 */
export const readDockerFacts = async (path: string): Promise<DockerFacts> => {
  const docker = (...args: string[]) => readOutput("docker", args, path);
  const socket = existsSync(dockerSocket);
  const [info, behindSocket, choice, versions] = await Promise.all([
    docker("info", "--format", infoFormat),
    socket
      ? docker("-H", `unix://${dockerSocket}`, "info", "--format", "{{.ID}}\n{{.DockerRootDir}}")
      : { text: undefined, error: "" },
    readChoice(docker),
    docker("version", "--format", versionFormat),
  ]);
  // Without an answer, either the server is stopped or the docker command is missing.
  const client = info.text === undefined ? await docker("--version") : { text: undefined };
  const [first = "", id, store = "", security, name, dataRoot, sizes = ""] = (info.text ?? "").split("\n");
  const [server, cgroup, ...system] = first.split(" ");
  const [memory, count, cgroupDriver] = sizes.split(" ");
  const [memoryBytes, cores] = [Number(memory), Number(count)];
  const hasContainerdStore = store.includes("io.containerd.snapshotter");
  const [clientVersion, ...components] = (versions.text ?? "").split("\n");
  // Copies of a machine, and servers with one /etc/docker/key.json, have one id. Their folders differ.
  const [socketServer, socketRoot] = (behindSocket.text ?? "").split("\n");
  const hasOtherRoot = dataRoot && socketRoot && dataRoot !== socketRoot;
  const socketId = hasOtherRoot ? `${socketServer} in ${socketRoot}` : socketServer;
  const facts: DockerFacts = {
    client: client.text,
    server: server || undefined,
    error: info.error,
    socket,
    cgroup: cgroup || undefined,
    cgroupDriver: cgroupDriver || undefined,
    os: system.join(" ") || undefined,
    id: id || undefined,
    socketId: socketId || undefined,
    socketError: behindSocket.error || undefined,
    hasContainerdStore,
    clientVersion: (hasContainerdStore && clientVersion) || undefined,
    ...choice,
    components: components.filter(Boolean),
    security: listIn(security),
    ...(name && name !== hostname() ? { machine: name } : {}),
    ...(dataRoot ? { dataRoot } : {}),
    ...(memoryBytes > 0 ? { memoryBytes } : {}),
    ...(cores > 0 ? { cores } : {}),
  };
  const differs = info.text !== undefined && socket && id !== socketId;
  return differs ? { ...facts, endpoint: endpointText(facts) } : facts;
};
