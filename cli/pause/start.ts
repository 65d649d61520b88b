import { networkName } from "../../lib/base/container";
import { isTaken } from "../../preflight/host/mounts";
import { docker, type Docker } from "../../system/docker";
import type { Print } from "../toolchain/build/progress";
import { findStackContainers, type HostPort } from "./containers";
import { deletePause, loadPause } from "./record";
import { goneContainers, planStart, portProblems, type StartFacts, startProblems } from "./startPlan";
import { clusterNames, graceSeconds, networkIdOf, type PausedStack } from "./stop";

/** Options of `startContainers`. */
export interface StartOptions {
  /** Starts the other containers if some are gone, because `up` replaces them afterwards. @default false */
  allowGone?: boolean;
  /** Returns true if a program listens on a port of this machine. Tests replace it. */
  isPortTaken?: (port: HostPort) => Promise<boolean>;
}

/** Names of containers after `startContainers`. */
export interface StartResult {
  started: string[];
  /** Recorded containers that Docker no longer has. */
  gone: string[];
}

const connectArguments = ({ name, addresses }: { name: string; addresses: readonly string[] }): string[] => [
  ...["network", "connect"],
  ...addresses.flatMap((address) => [address.includes(":") ? "--ip6" : "--ip", address]),
  ...[networkName, name],
];

const readFacts = async (
  { checkout, stack, clusters, known }: PausedStack,
  runDocker: Docker,
): Promise<StartFacts> => ({
  ...{ stack, known, management: clusters.management?.name, record: loadPause(checkout, stack) },
  ...(await findStackContainers(stack, clusterNames(clusters), runDocker)),
  network: await networkIdOf(runDocker),
});

/**
 * Waits for containers that Docker still stops after a killed `stop`. Such a container runs for up to a minute, and then ends
 * whatever was started meanwhile.
 *
 * @returns the facts after the wait
 */
const finishStops = async (
  facts: StartFacts,
  target: PausedStack,
  print: Print,
  runDocker: Docker,
): Promise<StartFacts> => {
  const { stopping = [] } = facts.record ?? {};
  const names = facts.ours.filter(({ name, running }) => running && stopping.includes(name)).map(({ name }) => name);
  if (names.length === 0) return facts;
  print(`stopping ${names.join(", ")}, as the interrupted stop began`);
  await runDocker("stop", "-t", String(graceSeconds), ...names);
  return readFacts(target, runDocker);
};

/**
 * Starts the containers of a stack at their addresses, in the reverse order of `stop`, restores their restart policies,
 * and deletes the record. Running containers with their address stay as they are.
 *
 * @throws before it starts anything, with all problems: a container is gone, an address or a port is taken, or the network
 * was changed
 */
export const startContainers = async (
  target: PausedStack,
  print: Print,
  { allowGone = false, isPortTaken = isTakenPort }: StartOptions = {},
  runDocker: Docker = docker,
): Promise<StartResult> => {
  const { checkout, stack } = target;
  const facts = await finishStops(await readFacts(target, runDocker), target, print, runDocker);
  const gone = goneContainers(facts);
  const userOf = async (port: number): Promise<string | undefined> =>
    (await runDocker("ps", "--filter", `publish=${port}`, "--format", "{{.Names}}"))[0];
  const problems = [
    ...(allowGone ? [] : gone.map(({ problem }) => problem)),
    ...startProblems(facts),
    ...(await portProblems(facts.ours, isPortTaken, userOf)),
  ];
  if (problems.length > 0) throw new Error(problems.join("\n"));
  const { toStop, toConnect, toStart } = planStart(facts);
  if (toStop.length > 0) {
    print(`stopping ${toStop.join(", ")}, because their addresses changed`);
    await runDocker("stop", "-t", String(graceSeconds), ...toStop);
  }
  // All of them leave the network first, because one may have the address of another.
  for (const { name } of toConnect) {
    // A killed run may have disconnected the container already.
    await runDocker("network", "disconnect", networkName, name).catch(() => undefined);
  }
  for (const container of toConnect) await runDocker(...connectArguments(container));
  for (const name of toStart) {
    print(`starting ${name}`);
    await runDocker("start", name);
  }
  for (const { id, restartPolicy } of facts.record?.containers ?? []) {
    const container = facts.ours.find((candidate) => candidate.id === id);
    if (container && container.restartPolicy !== restartPolicy)
      await runDocker("update", `--restart=${restartPolicy}`, id);
  }
  deletePause(checkout, stack);
  return { started: toStart, gone: gone.map(({ name }) => name) };
};

const isTakenPort = ({ hostPort, listenAddress, protocol }: HostPort): Promise<boolean> =>
  isTaken({ containerPort: 0, hostPort, listenAddress, protocol });
