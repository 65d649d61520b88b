import { jsonLines } from "./json";
import { clusterLabel, ownerLabel, roleLabel, runLabel } from "./labels";

/** Docker network of all clusters. Up to v1.14 Cluster API's Docker provider supports no other network. */
export const networkName = "kind";

/** A Docker container. Every docker command reports at least these fields. */
export interface Container {
  readonly id: string;
  readonly name: string;
  readonly running: boolean;
  /** Names of the container's networks. */
  readonly networks: readonly string[];
  /** Cluster of the container; empty without a cluster. */
  readonly cluster: string;
  /** `control-plane`, `worker`, `external-load-balancer` or empty. */
  readonly role: string;
  /** Stack that created the container, as `slipway/STACK`; empty for other containers. */
  readonly owner: string;
  /** Folder name of the run that works in the container; empty without a run. */
  readonly run: string;
}

/** A container as `docker ps` describes it. */
export interface ListedContainer extends Container {
  /** `running`, `exited`, `created` and so on. */
  readonly state: string;
  /** `Up 3 minutes`, `Exited (137) 2 minutes ago`. */
  readonly status: string;
}

/** A container as `docker inspect` describes it. */
export interface InspectedContainer extends Container {
  /** Image of the container. */
  readonly image: string;
  /** Requested host port by container port, such as `6443/tcp`. */
  readonly ports: Readonly<Record<string, number>>;
  /** Host ports at which Docker publishes the API server now. */
  readonly apiPorts: readonly string[];
  /** Addresses on the network `kind`; empty while the container is stopped. */
  readonly addresses: readonly string[];
  /** Whether the container runs for the first time, so that it still has the address of its creation. */
  readonly firstRun: boolean;
}

/** What the creator of a container asked Docker for. */
export interface RequestedContainer extends InspectedContainer {
  /** All port mappings. The address is empty if Docker listens on all addresses. */
  readonly bindings: readonly { readonly port: string; readonly hostPort: number; readonly address: string }[];
  /** Mounts in Docker's notation: `HOST:CONTAINER:OPTIONS`. */
  readonly binds: readonly string[];
}

/** Returns the column of a label in a format of `docker ps` and `docker network ls`. */
export const labelColumn = (label: string): string => `{{.Label "${label}"}}`;

const containerColumns = [
  ...["{{.ID}}", "{{.Names}}", "{{.State}}", "{{.Status}}", "{{.Networks}}"],
  ...[clusterLabel, roleLabel, ownerLabel, runLabel].map(labelColumn),
].join("\t");

/** Returns docker's arguments that list the containers, including stopped ones, that match all of the filters. */
export const listArguments = (...filters: readonly string[]): string[] => [
  ...["ps", "--all", "--no-trunc"],
  ...filters.flatMap((filter) => ["--filter", filter]),
  ...["--format", containerColumns],
];

/** Parses docker's output for `listArguments`, line by line. */
export const parseContainers = (lines: readonly string[]): ListedContainer[] =>
  lines.filter(Boolean).map((line) => {
    const [id = "", name = "", state = "", status = "", networks = "", ...labels] = line.split("\t");
    const [cluster = "", role = "", owner = "", run = ""] = labels;
    const networkNames = networks.split(",").filter(Boolean);
    return { id, name, state, status, running: state === "running", networks: networkNames, cluster, role, owner, run };
  });

/** Returns docker's arguments that inspect containers. */
export const inspectArguments = (...names: readonly string[]): string[] => [
  ...["container", "inspect", "--format", "{{json .}}"],
  ...names,
];

interface ContainerJson {
  Id: string;
  Name?: string;
  Created?: string;
  State: { Running: boolean; StartedAt?: string };
  Config: { Image: string; Labels?: Record<string, string> | null };
  HostConfig?: {
    PortBindings?: Record<string, { HostIp?: string; HostPort: string }[] | null> | null;
    Binds?: string[] | null;
  };
  NetworkSettings?: {
    Networks?: Record<string, { IPAddress?: string; GlobalIPv6Address?: string }> | null;
    Ports?: Record<string, { HostPort: string }[] | null> | null;
  };
}

/** Maximum seconds between the creation of a container and its first start. */
const firstStart = 60;

const toContainer = (json: ContainerJson): InspectedContainer => {
  const { Id, Name = "", Created = "", State, Config, HostConfig, NetworkSettings } = json;
  const networks = NetworkSettings?.Networks ?? {};
  const { IPAddress = "", GlobalIPv6Address = "" } = networks[networkName] ?? {};
  const ports = Object.entries(HostConfig?.PortBindings ?? {}).map(
    ([port, bindings]) => [port, Number(bindings?.[0]?.HostPort ?? 0)] as const,
  );
  const label = (name: string): string => Config.Labels?.[name] ?? "";
  return {
    id: Id,
    name: Name.replace(/^\//, ""),
    image: Config.Image,
    running: State.Running,
    networks: Object.keys(networks),
    cluster: label(clusterLabel),
    role: label(roleLabel),
    owner: label(ownerLabel),
    run: label(runLabel),
    ports: Object.fromEntries(ports),
    apiPorts: (NetworkSettings?.Ports?.["6443/tcp"] ?? []).map(({ HostPort }) => HostPort),
    addresses: [IPAddress, GlobalIPv6Address].filter((address) => address !== ""),
    firstRun: Date.parse(State.StartedAt ?? "") - Date.parse(Created) < firstStart * 1000,
  };
};

/** Parses docker's output for `inspectArguments`. */
export const parseInspected = (text: string): InspectedContainer[] => jsonLines<ContainerJson>(text).map(toContainer);

/** Parses docker's output for `inspectArguments`, with the mounts and port mappings of the containers. */
export const parseRequested = (text: string): RequestedContainer[] =>
  jsonLines<ContainerJson>(text).map((json) => ({
    ...toContainer(json),
    bindings: Object.entries(json.HostConfig?.PortBindings ?? {}).flatMap(([port, list]) =>
      (list ?? []).map(({ HostIp = "", HostPort }) => ({ port, hostPort: Number(HostPort), address: HostIp })),
    ),
    binds: json.HostConfig?.Binds ?? [],
  }));

/** Returns the name of a machine's container, as Cluster API's Docker provider derives it from the machine's name. */
export const machineContainer = (cluster: string, machine: string): string =>
  machine.startsWith(cluster) ? machine : `${cluster}-${machine}`;
