import { addressText } from "../../lib/address";
import { parseNetwork } from "../../lib/cidr";
import type { NetworkContainer } from "../../lib/dockerAddresses";
import { ask } from "../docker";

/** kind's label of a cluster's containers, which Cluster API's Docker provider uses too. */
const clusterLabel = "io.x-k8s.kind.cluster";
const network = "kind";

interface Inspected {
  Name: string;
  Created: string;
  State: { Running: boolean; StartedAt: string };
  Config: { Labels: Record<string, string> | null };
  NetworkSettings: {
    Networks: Record<string, { IPAddress: string; GlobalIPv6Address: string }>;
    Ports: Record<string, { HostPort: string }[] | null> | null;
  };
}

/** A container, and the host's ports by which its API server is reached. */
export interface Found extends NetworkContainer {
  apiPorts: string[];
}

/** Seconds within which a container is started that was just made. */
const firstStart = 60;

const containerOf = ({ Name, Created, State, Config, NetworkSettings }: Inspected): Found => {
  const { IPAddress = "", GlobalIPv6Address = "" } = NetworkSettings.Networks[network] ?? {};
  return {
    name: Name.replace(/^\//, ""),
    cluster: Config.Labels?.[clusterLabel] ?? "",
    running: State.Running,
    addresses: [IPAddress, GlobalIPv6Address].filter((address) => address !== ""),
    firstRun: Date.parse(State.StartedAt) - Date.parse(Created) < firstStart * 1000,
    apiPorts: (NetworkSettings.Ports?.["6443/tcp"] ?? []).map(({ HostPort }) => HostPort),
  };
};

const listed = async (filter: string): Promise<string[]> =>
  ((await ask("containers", "ps", "--all", "--quiet", "--filter", filter)) ?? "").split("\n").filter(Boolean);

const inspect = async (ids: readonly string[]): Promise<Found[]> => {
  if (ids.length === 0) return [];
  const one = (...some: string[]): Promise<string | undefined> => ask("containers", "container", "inspect", ...some);
  const all = await one(...ids);
  // A container that goes meanwhile must not hide the others.
  const texts = all === undefined ? await Promise.all(ids.map((id) => one(id))) : [all];
  return texts.flatMap((text) => (text === undefined ? [] : (JSON.parse(text) as Inspected[]))).map(containerOf);
};

/** The containers of a cluster, stopped ones too. */
export const containersOf = async (cluster: string): Promise<Found[]> =>
  inspect(await listed(`label=${clusterLabel}=${cluster}`));

/** The containers of all clusters, and whatever else is on their network. */
export const allContainers = async (): Promise<Found[]> => {
  const ids = await Promise.all([listed(`label=${clusterLabel}`), listed(`network=${network}`)]);
  return inspect([...new Set(ids.flat())]);
};

/** The highest address of each range that Docker gives out, which it gives last; none where the network has no range. */
export const lastOfRanges = async (): Promise<string[]> => {
  const out = await ask(`the network ${network}`, "network", "inspect", network);
  const [found] = JSON.parse(out ?? "[]") as { IPAM: { Config: { IPRange?: string }[] | null } }[];
  return (found?.IPAM.Config ?? []).flatMap(({ IPRange }) => {
    if (!IPRange) return [];
    const { family, last } = parseNetwork(IPRange);
    return [addressText(family, last)];
  });
};
