import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { KnownAddresses } from "../../lib/dockerAddresses";
import type { Properties } from "../values";
import { textOf } from "./properties";

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
  let items: Item[];
  try {
    const { stdout } = await promisify(execFile)("kubectl", args, { env: process.env, maxBuffer: 64 << 20 });
    items = (JSON.parse(stdout) as { items: Item[] }).items;
  } catch {
    return undefined;
  }
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
