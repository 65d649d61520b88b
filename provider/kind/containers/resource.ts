import { createQueue } from "../../../lib/base/concurrency";
import { list, map, string } from "../../plugin/property";
import { inputChanges, type ResourceKind } from "../../plugin/resourceKind";
import type { Properties } from "../../plugin/values";
import { stringOf } from "../docker";
import { movedContainers, type KnownAddresses } from "./addresses";
import { clusterFacts, containersOf } from "./facts";
import { repairCluster } from "./repair";

const inputs = {
  cluster: { description: "Name of the Cluster object.", type: string },
  namespace: { description: "Namespace of the Cluster object.", type: string },
  kubeconfig: {
    description: "Path of the management cluster's kubeconfig. A relative path starts in the program's folder.",
    type: string,
  },
};

const names = list(string);
const outputs = {
  missing: { description: "Machines without a container.", type: names },
  stopped: { description: "Containers that do not run.", type: names },
  moved: { description: "Containers that run with an address other than the known one.", type: names },
  addresses: { description: "Addresses by which the cluster knows its containers, by name.", type: map(names) },
};

/** Outputs that require a repair unless they are empty. */
const findings = ["missing", "stopped", "moved"] as const;

/**
 * Returns the addresses of a cluster's containers, which are those of the first read. Cluster API follows a node that
 * got another address; etcd, certificates and the load balancer do not.
 */
const addressesOf = (old: Properties, now: KnownAddresses): KnownAddresses => {
  const before = (old.addresses ?? {}) as Record<string, string[]>;
  const first = (name: string, addresses: readonly string[]) => (before[name]?.length ? before[name] : addresses);
  return Object.fromEntries(Object.entries(now).map(([name, addresses]) => [name, first(name, addresses)]));
};

const readContainers = async (old: Properties, properties: Properties): Promise<Properties> => {
  const cluster = stringOf(properties, "cluster");
  const [containers, facts] = await Promise.all([containersOf(cluster), clusterFacts(properties)]);
  const addresses = facts ? addressesOf(old, facts.addresses) : ((old.addresses ?? {}) as Record<string, string[]>);
  const machines = facts?.machines ?? [];
  const names = containers.map(({ name }) => name);
  return {
    missing: [...machines, ...(machines.length > 0 ? [`${cluster}-lb`] : [])].filter((name) => !names.includes(name)),
    stopped: containers.filter(({ running }) => !running).map(({ name }) => name),
    moved: movedContainers(addresses, containers),
    addresses: addresses as Properties,
  };
};

/** Orders repairs: a repair may need an address that a container of another cluster has. */
const inOrder = createQueue();

/**
 * The containers of a workload cluster in Docker. A read finds containers that were removed, stopped or moved to
 * another address behind Cluster API's back. An update restores addresses, starts stopped containers, and lets Cluster
 * API replace the machines of missing containers. The id is the cluster's name.
 */
export const clusterContainers: ResourceKind = {
  declaration: {
    description:
      "The containers of a Cluster API workload cluster whose infrastructure is Docker. A read finds containers that were " +
      "removed, stopped or moved to another address. An update repairs them. Deleting the resource changes nothing.",
    inputs,
    outputs,
  },
  diff: (old, news) => {
    const difference = inputChanges(inputs, old, news);
    for (const key of findings) if (((old[key] ?? []) as string[]).length > 0) difference.changes[key] = "update";
    return difference;
  },
  create: async (news) => ({ id: stringOf(news, "cluster"), state: { ...news, ...(await readContainers({}, news)) } }),
  read: async (_, old) => {
    if (Object.keys(old).length === 0)
      throw new Error(
        "ClusterContainers: expected a resource that up created, got an import. Run make up instead of the import.",
      );
    return { ...old, ...(await readContainers(old, old)) };
  },
  update: (old, news, log) =>
    inOrder("repair", async () => {
      const state = await readContainers(old, news);
      await repairCluster(news, state, log);
      return { ...news, ...(await readContainers(old, news)) };
    }),
};
