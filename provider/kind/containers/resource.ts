import { createQueue } from "../../../lib/base/concurrency";
import { inputChanges, type ResourceKind, text } from "../../plugin/resourceKind";
import type { Properties } from "../../plugin/values";
import { textOf } from "../docker";
import { movedContainers, type KnownAddresses } from "./addresses";
import { clusterFacts, containersOf } from "./facts";
import { repairCluster } from "./repair";

const inputs = { cluster: text, namespace: text, kubeconfig: text };

/** What is to be repaired where it is not empty. */
const findings = ["missing", "stopped", "moved"] as const;

/**
 * The addresses of a cluster's containers: those that were seen first. Cluster API follows a node that was moved, and
 * etcd, certificates and the load balancer do not.
 */
const addressesOf = (old: Properties, now: KnownAddresses): KnownAddresses => {
  const before = (old.addresses ?? {}) as Record<string, string[]>;
  const first = (name: string, addresses: readonly string[]) => (before[name]?.length ? before[name] : addresses);
  return Object.fromEntries(Object.entries(now).map(([name, addresses]) => [name, first(name, addresses)]));
};

const look = async (old: Properties, properties: Properties): Promise<Properties> => {
  const cluster = textOf(properties, "cluster");
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

/** Orders repairs: one may need an address that a container of another cluster has. */
const inOrder = createQueue();

/**
 * What Docker has of a workload cluster: that no container was removed, stopped or given another address behind Cluster
 * API's back. An update gives addresses back, starts what is stopped, and has Cluster API replace the machines of those
 * that are gone. Its id is the cluster's name.
 */
export const clusterContainers: ResourceKind = {
  inputs,
  outputs: [...findings, "addresses"],
  diff: (old, news) => {
    const difference = inputChanges({ inputs }, old, news);
    for (const key of findings) if (((old[key] ?? []) as string[]).length > 0) difference.changes[key] = "update";
    return difference;
  },
  create: async (news) => ({ id: textOf(news, "cluster"), state: { ...news, ...(await look({}, news)) } }),
  read: async (_, old) => {
    if (Object.keys(old).length === 0) throw new Error("containers cannot be imported: up looks at them");
    return { ...old, ...(await look(old, old)) };
  },
  update: (old, news, say) =>
    inOrder("repair", async () => {
      const found = await look(old, news);
      await repairCluster(news, found, say);
      return { ...news, ...(await look(old, news)) };
    }),
};
