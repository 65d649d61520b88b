import { networkName } from "../../lib/base/container";
import { docker, type Docker } from "../../system/docker";
import type { StateClusters } from "../pulumi/state";
import type { Print } from "../toolchain/build/progress";
import { findStackContainers, type StackContainer, stopOrder } from "./containers";
import { loadPause, type PauseRecord, savePause } from "./record";

/** A stack with the clusters of its state. */
export interface PausedStack {
  checkout: string;
  stack: string;
  clusters: StateClusters;
  /** Addresses in the stack's state, by the names of containers. */
  known: Readonly<Record<string, readonly string[]>>;
  /** Pods that are not Ready before a stop, as `CLUSTER NAMESPACE/NAME`. @default - none */
  unready?: readonly string[];
}

/** Seconds in which a container may end before Docker kills it. */
export const graceSeconds = 60;

/** Returns the names of all clusters of a stack with its own management cluster. */
export const clusterNames = ({ management, workload }: StateClusters): string[] => [
  ...(management === undefined ? [] : [management.name]),
  ...workload,
];

/**
 * Returns the record of a stack that `stop` is about to stop. Facts of an earlier record stay, because a container that
 * was started by hand since then may have another address and has no restart policy.
 */
export const recordOf = (
  { stack, known, unready = [] }: Pick<PausedStack, "stack" | "known" | "unready">,
  containers: readonly StackContainer[],
  network: string,
  before: PauseRecord | undefined,
  now: Date,
): PauseRecord => {
  const earlier = new Map((before?.containers ?? []).map((container) => [container.id, container]));
  const added = containers
    .filter(({ id }) => !earlier.has(id))
    .map(({ id, name, cluster, role, addresses, fixedAddresses, restartPolicy }) => {
      const current = addresses.length > 0 ? addresses : fixedAddresses;
      return { id, name, cluster, role, addresses: known[name] ?? current, restartPolicy };
    });
  return {
    version: 1,
    stack,
    stoppedAt: before?.stoppedAt ?? now.toISOString(),
    network: before?.network || network,
    containers: [...earlier.values(), ...added],
    unready: before?.unready ?? unready,
  };
};

/** Returns the id of the network kind; empty if Docker does not have the network. */
export const networkIdOf = (runDocker: Docker): Promise<string> =>
  runDocker("network", "ls", "--no-trunc", "--filter", `name=^${networkName}$`, "--format", "{{.ID}}").then(
    ([id = ""]) => id,
  );

/**
 * Stops the containers of a stack: workers, control planes one after the other, load balancers, the management cluster's
 * node. A record is written first, so that a killed run can be finished. Returns the exit code.
 *
 * @throws if Docker does not answer, or cannot stop a container
 */
export const stopStack = async (target: PausedStack, print: Print, runDocker: Docker = docker): Promise<number> => {
  const { checkout, stack, clusters } = target;
  const before = loadPause(checkout, stack);
  const { ours } = await findStackContainers(stack, clusterNames(clusters), runDocker);
  if (ours.length === 0) {
    print(`stack ${stack} has no containers: nothing to stop`);
    return 0;
  }
  const running = ours.filter((container) => container.running);
  const record = recordOf(target, ours, await networkIdOf(runDocker), before, new Date());
  savePause(checkout, record);
  // Docker would start the containers again after its own restart.
  const restarting = ours.filter(({ restartPolicy }) => restartPolicy !== "no").map(({ id }) => id);
  if (restarting.length > 0) await runDocker("update", "--restart=no", ...restarting);
  for (const group of stopOrder(running, clusters.management?.name)) {
    const names = group.map(({ name }) => name);
    print(`stopping ${names.join(", ")}`);
    savePause(checkout, { ...record, stopping: names });
    await runDocker("stop", "-t", String(graceSeconds), ...names);
  }
  savePause(checkout, record);
  print(
    running.length === 0
      ? `stack ${stack} was stopped already: make start starts it`
      : `stack ${stack} is stopped: make start starts it, make destroy deletes it`,
  );
  return 0;
};
