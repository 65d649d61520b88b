import { readFileSync } from "node:fs";
import type { InspectedContainer } from "../../../lib/base/container";
import { execute, type Say } from "../../plugin/execute";
import type { Properties } from "../../plugin/values";
import { textOf } from "../docker";
import { readdressing, type KnownAddresses } from "./addresses";
import { clusterFacts, type ClusterFacts, allContainers, lastOfRanges } from "./facts";

/** The node of the management cluster, told by the port at which the kubeconfig has its API. */
const managementNode = (containers: readonly InspectedContainer[], kubeconfig: string): string | undefined => {
  const port = /^\s*server:.*:(\d+)\s*$/m.exec(readFileSync(kubeconfig, "utf8"))?.[1];
  return containers.find(({ apiPorts }) => port !== undefined && apiPorts.includes(port))?.name;
};

const lines = (names: readonly string[]): string => names.map((name) => `${name}\n`).join("");

/** Waits until the management cluster answers: after a restart of Docker it does not for some time. */
const factsOf = async (properties: Properties, say: Say): Promise<ClusterFacts> => {
  const environment = { KUBECONFIG: textOf(properties, "kubeconfig"), TIMEOUT: "300s" };
  await execute("steps/wait-for-answer", { environment }, undefined, say);
  const facts = await clusterFacts(properties);
  if (facts === undefined) throw new Error("the management cluster does not answer; make status says more");
  return facts;
};

/**
 * Repairs a cluster's containers: gives back the addresses that they were known by, starts those that are stopped, and
 * has Cluster API replace the machines of those that are gone. Ends when the cluster's API answers and its nodes are
 * Ready.
 *
 * @param found what a look at them gave
 * @throws where an address is taken, and for what cannot come back
 */
export const repairCluster = async (properties: Properties, found: Properties, say: Say): Promise<void> => {
  const { others } = await factsOf(properties, say);
  const addresses = found.addresses as unknown as KnownAddresses;
  const containers = await allContainers();
  const kubeconfig = textOf(properties, "kubeconfig");
  const management = managementNode(containers, kubeconfig);
  const { give, park, parkManagement } = readdressing(addresses, containers, others, management);
  const cluster = textOf(properties, "cluster");
  const environment = {
    CLUSTER: cluster,
    NAMESPACE: textOf(properties, "namespace"),
    KUBECONFIG: kubeconfig,
    IN_THE_WAY: lines(park),
    MANAGEMENT: parkManagement ? (management ?? "") : "",
    MANAGEMENT_ADDRESSES: parkManagement ? (await lastOfRanges()).join(" ") : "",
    MISSING_CONTAINERS: (found.missing as string[]).join(" "),
    TIMEOUT: "600s",
  };
  // The load balancer first: kubelets reach the API server by it.
  const order = [...give].sort((a, b) => Number(b.name === `${cluster}-lb`) - Number(a.name === `${cluster}-lb`));
  const stdin = lines(order.map(({ name, addresses: own }) => [name, ...own].join(" ")));
  if (order.length > 0) await execute("steps/give-addresses", { environment, stdin }, undefined, say);
  await execute("steps/repair-containers", { environment }, undefined, say);
};
