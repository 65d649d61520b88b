import { jsonLines } from "./json";
import { clusterLabel, ownerLabel, roleLabel, runLabel } from "./labels";

/** Up to v1.14 Cluster API's Docker provider knows no other network. */
export const networkName = "kind";

/** A Docker container; Docker describes this much of it whatever the question is. */
export interface Container {
  readonly id: string;
  readonly name: string;
  readonly running: boolean;
  /** Names of its networks. */
  readonly networks: readonly string[];
  /** The cluster that it belongs to; empty where it belongs to none. */
  readonly cluster: string;
  /** `control-plane`, `worker`, `external-load-balancer` or empty. */
  readonly role: string;
  /** The stack that made it, as `slipway/STACK`; empty where no stack did. */
  readonly owner: string;
  /** The folder name of the run that works in it; empty where none does. */
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
  /** The image that it was made from. */
  readonly image: string;
  /** The host's port that was asked for, by container port, as `6443/tcp`. */
  readonly ports: Readonly<Record<string, number>>;
  /** The host's ports by which its API server is reached now. */
  readonly apiPorts: readonly string[];
  /** What Docker gave it on the network `kind`; none while it is stopped. */
  readonly addresses: readonly string[];
  /** Whether it runs for the first time, so that its address is the one it was made with. */
  readonly firstRun: boolean;
}

/** Returns the column of a label in a format of `docker ps` and `docker network ls`. */
export const labelColumn = (label: string): string => `{{.Label "${label}"}}`;

const containerColumns = [
  ...["{{.ID}}", "{{.Names}}", "{{.State}}", "{{.Status}}", "{{.Networks}}"],
  ...[clusterLabel, roleLabel, ownerLabel, runLabel].map(labelColumn),
].join("\t");

/** Returns docker's arguments that list containers, stopped ones too, which pass all of the filters. */
export const listArguments = (...filters: readonly string[]): string[] => [
  ...["ps", "--all", "--no-trunc"],
  ...filters.flatMap((filter) => ["--filter", filter]),
  ...["--format", containerColumns],
];

/** Reads what docker prints for `listArguments`, line by line. */
export const parseContainers = (lines: readonly string[]): ListedContainer[] =>
  lines.filter(Boolean).map((line) => {
    const [id = "", name = "", state = "", status = "", networks = "", ...labels] = line.split("\t");
    const [cluster = "", role = "", owner = "", run = ""] = labels;
    const where = networks.split(",").filter(Boolean);
    return { id, name, state, status, running: state === "running", networks: where, cluster, role, owner, run };
  });

/** Returns docker's arguments that describe containers in full. */
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
  HostConfig?: { PortBindings?: Record<string, { HostPort: string }[] | null> | null };
  NetworkSettings?: {
    Networks?: Record<string, { IPAddress?: string; GlobalIPv6Address?: string }> | null;
    Ports?: Record<string, { HostPort: string }[] | null> | null;
  };
}

/** Seconds within which a container is started that was just made. */
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

/** Reads what docker prints for `inspectArguments`. */
export const parseInspected = (text: string): InspectedContainer[] => jsonLines<ContainerJson>(text).map(toContainer);
