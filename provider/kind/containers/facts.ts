import {
  inspectArguments,
  type InspectedContainer,
  listArguments,
  networkName,
  parseContainers,
  parseInspected,
} from "../../../lib/base/container";
import { clusterLabel } from "../../../lib/base/labels";
import { addressText } from "../../../lib/network/address";
import { parseNetwork } from "../../../lib/network/cidr";
import { networkArguments, parseNetworks } from "../../../system/docker";
import { exec } from "../../../system/exec";
import type { Properties } from "../../plugin/values";
import { textOf, ask } from "../docker";
import type { KnownAddresses } from "./addresses";

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

const listIds = async (filter: string): Promise<string[]> =>
  parseContainers(((await ask("containers", ...listArguments(filter))) ?? "").split("\n")).map(({ id }) => id);

const inspect = async (ids: readonly string[]): Promise<InspectedContainer[]> => {
  if (ids.length === 0) return [];
  const one = (...some: string[]): Promise<string | undefined> => ask("containers", ...inspectArguments(...some));
  const all = await one(...ids);
  // A container that goes meanwhile must not hide the others.
  const texts = all === undefined ? await Promise.all(ids.map((id) => one(id))) : [all];
  return texts.flatMap((text) => parseInspected(text ?? ""));
};

/** The containers of a cluster, stopped ones too. */
export const containersOf = async (cluster: string): Promise<InspectedContainer[]> =>
  inspect(await listIds(`label=${clusterLabel}=${cluster}`));

/** The containers of all clusters, and whatever else is on their network. */
export const allContainers = async (): Promise<InspectedContainer[]> => {
  const ids = await Promise.all([listIds(`label=${clusterLabel}`), listIds(`network=${networkName}`)]);
  return inspect([...new Set(ids.flat())]);
};

/** An address at the end of each range that Docker gives out, where it comes last; none where the network has no range. */
export const lastOfRanges = async (): Promise<string[]> => {
  const out = await ask(`the network ${networkName}`, ...networkArguments(networkName));
  const [network] = parseNetworks(out ?? "");
  return (network?.ranges ?? []).map((range) => {
    const { family, last } = parseNetwork(range);
    // The very last one of a whole subnet is no container's.
    return addressText(family, last - 1n);
  });
};
