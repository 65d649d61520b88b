import { readFileSync } from "node:fs";
import type { InspectedContainer } from "../../../lib/base/container";
import type { Log } from "../../plugin/execute";
import type { Properties } from "../../plugin/values";
import { measureReach } from "../../../system/reach";
import { stringOf } from "../docker";
import { executeStep } from "../steps";
import { readdressing, type KnownAddresses } from "./addresses";
import { clusterFacts, type ClusterFacts, allContainers, lastOfRanges } from "./facts";

/** Returns the name of the management cluster's node, state by the API server port in the kubeconfig. */
const managementNode = (containers: readonly InspectedContainer[], kubeconfig: string): string | undefined => {
  const [, host, port] = /^\s*server:.*?([\w.-]+):(\d+)"?\s*$/m.exec(readFileSync(kubeconfig, "utf8")) ?? [];
  // A run in a container connects to the node by its name.
  return containers.find(({ name, apiPorts }) => name === host || (port !== undefined && apiPorts.includes(port)))
    ?.name;
};

const lines = (names: readonly string[]): string => names.map((name) => `${name}\n`).join("");

/**
 * Waits until the management cluster answers, which takes some time after a restart of Docker.
 *
 * @throws Error if the management cluster does not answer within 300 s
 */
const factsOf = async (properties: Properties, log: Log): Promise<ClusterFacts> => {
  const environment = { KUBECONFIG: stringOf(properties, "kubeconfig"), TIMEOUT: "300s" };
  await executeStep("wait-for-answer", { environment }, log);
  const facts = await clusterFacts(properties);
  if (facts === undefined)
    throw new Error("management cluster: expected an answer of its API server, got none. Run make status for details.");
  return facts;
};

/**
 * Repairs a cluster's containers: restores their known addresses, starts stopped containers, and lets Cluster API
 * replace the machines of missing containers. Returns when the cluster's API answers and its nodes are Ready.
 *
 * @param state - result of the last read of the containers
 * @throws Error if an address is taken, or if a part of the cluster cannot be recovered
 */
export const repairCluster = async (properties: Properties, state: Properties, log: Log): Promise<void> => {
  const { otherClusters } = await factsOf(properties, log);
  const addresses = state.addresses as unknown as KnownAddresses;
  const containers = await allContainers();
  const kubeconfig = stringOf(properties, "kubeconfig");
  const management = managementNode(containers, kubeconfig);
  const { toReconnect, toStop, restartManagement } = readdressing(addresses, containers, otherClusters, management);
  const cluster = stringOf(properties, "cluster");
  const environment = {
    CLUSTER: cluster,
    NAMESPACE: stringOf(properties, "namespace"),
    KUBECONFIG: kubeconfig,
    IN_THE_WAY: lines(toStop),
    MANAGEMENT: restartManagement ? (management ?? "") : "",
    MANAGEMENT_ADDRESSES: restartManagement ? (await lastOfRanges()).join(" ") : "",
    MISSING_CONTAINERS: (state.missing as string[]).join(" "),
    TIMEOUT: "600s",
    REACH: (await measureReach()).reach,
  };
  // The load balancer comes first: kubelets reach the API server through it.
  const order = [...toReconnect].sort(
    (a, b) => Number(b.name === `${cluster}-lb`) - Number(a.name === `${cluster}-lb`),
  );
  const stdin = lines(order.map(({ name, addresses: known }) => [name, ...known].join(" ")));
  if (order.length > 0) await executeStep("give-addresses", { environment, stdin }, log);
  await executeStep("repair-containers", { environment }, log);
};
