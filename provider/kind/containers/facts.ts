import { addressText } from "../../../lib/network/address";
import { parseNetwork } from "../../../lib/network/cidr";
import { exec } from "../../../system/exec";
import type { Properties } from "../../plugin/values";
import { textOf, ask } from "../docker";
import type { KnownAddresses, NetworkContainer } from "./addresses";

interface Item {
  kind: string;
  metadata: { name: string; namespace: string; deletionTimestamp?: string };
  spec: { clusterName?: string; controlPlaneEndpoint?: { host?: string; port?: number } };
  status?: { nodeRef?: { name?: string }; addresses?: { type: string; address: string }[] };
}

/** What Cluster API knows of a cluster's containers. */
export interface ClusterFacts {
  /** Machines that became nodes and are to stay, which are the names of their containers too. */
  machines: string[];
  /** By container, the load balancer included. A node's are what its machine has now. */
  addresses: KnownAddresses;
  /** The names of the other clusters. */
  others: string[];
}

/** Asks the management cluster; undefined where it does not answer, of which its own resource tells. */
export const clusterFacts = async (properties: Properties): Promise<ClusterFacts | undefined> => {
  const [cluster, namespace] = [textOf(properties, "cluster"), textOf(properties, "namespace")];
  const kinds = "clusters.cluster.x-k8s.io,machines.cluster.x-k8s.io";
  const args: string[] = ["get", kinds, "--all-namespaces", "--output", "json", "--request-timeout=10s"];
  args.push("--kubeconfig", textOf(properties, "kubeconfig"));
  const { code, stdout } = await exec("kubectl", args);
  if (code !== 0) return undefined;
  const { items } = JSON.parse(stdout) as { items: Item[] };
  const clusters = items.filter(({ kind }) => kind === "Cluster");
  const own = clusters.find(({ metadata }) => metadata.name === cluster && metadata.namespace === namespace);
  const machines = items.filter(
    ({ kind, metadata, spec, status }) =>
      kind === "Machine" &&
      spec.clusterName === cluster &&
      metadata.namespace === namespace &&
      metadata.deletionTimestamp === undefined &&
      status?.nodeRef?.name !== undefined,
  );
  const host = own?.spec.controlPlaneEndpoint?.host;
  const ofMachines = machines.map(
    ({ metadata, status }) =>
      [
        metadata.name,
        (status?.addresses ?? []).filter(({ type }) => type === "InternalIP").map(({ address }) => address),
      ] as const,
  );
  const addresses: KnownAddresses = {
    ...(host ? { [`${cluster}-lb`]: [host] } : {}),
    ...(Object.fromEntries(ofMachines) as KnownAddresses),
  };
  return {
    machines: machines.map(({ metadata }) => metadata.name),
    addresses,
    others: clusters.map(({ metadata }) => metadata.name).filter((name) => name !== cluster),
  };
};

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

/** An address at the end of each range that Docker gives out, where it comes last; none where the network has no range. */
export const lastOfRanges = async (): Promise<string[]> => {
  const out = await ask(`the network ${network}`, "network", "inspect", network);
  const [found] = JSON.parse(out ?? "[]") as { IPAM: { Config: { IPRange?: string }[] | null } }[];
  return (found?.IPAM.Config ?? []).flatMap(({ IPRange }) => {
    if (!IPRange) return [];
    const { family, last } = parseNetwork(IPRange);
    // The very last one of a whole subnet is no container's.
    return [addressText(family, last - 1n)];
  });
};
