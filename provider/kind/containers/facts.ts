import { type InspectedContainer, machineContainer, networkName } from "../../../lib/base/container";
import { clusterLabel } from "../../../lib/base/labels";
import { addressText } from "../../../lib/network/address";
import { parseNetwork } from "../../../lib/network/parse";
import { networkArguments, parseNetworks } from "../../../system/docker";
import { exec } from "../../../system/exec";
import type { Properties } from "../../plugin/values";
import { inspectContainers, listIds, runDocker, stringOf } from "../docker";
import type { KnownAddresses } from "./addresses";

interface Item {
  kind: string;
  metadata: { name: string; namespace: string; deletionTimestamp?: string };
  spec: { clusterName?: string; controlPlaneEndpoint?: { host?: string; port?: number } };
  status?: { nodeRef?: { name?: string }; addresses?: { type: string; address: string }[] };
}

/** Cluster API's view of a cluster's containers. */
export interface ClusterFacts {
  /** Containers of machines that became nodes and are not being deleted. */
  machines: string[];
  /** Addresses by container, including the load balancer. A node has the addresses that its Machine reports now. */
  addresses: KnownAddresses;
  /** Names of the other clusters. */
  otherClusters: string[];
}

/**
 * Reads the cluster from the management cluster. Returns undefined if the management cluster does not answer; its
 * KindCluster resource reports that outage.
 */
export const clusterFacts = async (properties: Properties): Promise<ClusterFacts | undefined> => {
  const [cluster, namespace] = [stringOf(properties, "cluster"), stringOf(properties, "namespace")];
  const kinds = "clusters.cluster.x-k8s.io,machines.cluster.x-k8s.io";
  const args: string[] = ["get", kinds, "--all-namespaces", "--output", "json", "--request-timeout=10s"];
  args.push("--kubeconfig", stringOf(properties, "kubeconfig"));
  const { code, stdout } = await exec("kubectl", args);
  if (code !== 0) return undefined;
  const { items } = JSON.parse(stdout) as { items: Item[] };
  const clusters = items.filter(({ kind }) => kind === "Cluster");
  const object = clusters.find(({ metadata }) => metadata.name === cluster && metadata.namespace === namespace);
  const machines = items.filter(
    ({ kind, metadata, spec, status }) =>
      kind === "Machine" &&
      spec.clusterName === cluster &&
      metadata.namespace === namespace &&
      metadata.deletionTimestamp === undefined &&
      status?.nodeRef?.name !== undefined,
  );
  const host = object?.spec.controlPlaneEndpoint?.host;
  const ofMachines = machines.map(
    ({ metadata, status }) =>
      [
        machineContainer(cluster, metadata.name),
        (status?.addresses ?? []).filter(({ type }) => type === "InternalIP").map(({ address }) => address),
      ] as const,
  );
  const addresses: KnownAddresses = {
    ...(host ? { [`${cluster}-lb`]: [host] } : {}),
    ...(Object.fromEntries(ofMachines) as KnownAddresses),
  };
  return {
    machines: machines.map(({ metadata }) => machineContainer(cluster, metadata.name)),
    addresses,
    otherClusters: clusters.map(({ metadata }) => metadata.name).filter((name) => name !== cluster),
  };
};

/** Returns the containers of a cluster, including stopped ones. */
export const containersOf = async (cluster: string): Promise<InspectedContainer[]> =>
  inspectContainers(await listIds(`label=${clusterLabel}=${cluster}`));

/** Returns the containers of all clusters, and all other containers on the network kind. */
export const allContainers = async (): Promise<InspectedContainer[]> => {
  const ids = await Promise.all([listIds(`label=${clusterLabel}`), listIds(`network=${networkName}`)]);
  return inspectContainers([...new Set(ids.flat())]);
};

/**
 * Returns an address at the end of each of Docker's ranges, which Docker assigns last; an empty list if the network has
 * no range.
 */
export const lastOfRanges = async (): Promise<string[]> => {
  const out = await runDocker(`the network ${networkName}`, ...networkArguments(networkName));
  const [network] = parseNetworks(out ?? "");
  return (network?.ranges ?? []).map((range) => {
    const { family, last } = parseNetwork(range);
    // The last address of a whole subnet is the broadcast address.
    return addressText(family, last - 1n);
  });
};
