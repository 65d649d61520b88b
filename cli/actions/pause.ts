import { root } from "../../system/checkout";
import { docker } from "../../system/docker";
import { createExec } from "../../system/exec";
import { measureReach } from "../../system/reach";
import type { Action } from "../commandLine/definition";
import { findClusters } from "../diagnosis/cluster";
import { findStackContainers } from "../pause/containers";
import { renewPublishedPorts } from "../kubeconfig/publishedPorts";
import { pauseHealthChecks, resumeHealthChecks } from "../pause/healthChecks";
import { readWaitingPods } from "../pause/pods";
import { openWatchedApi } from "../progress/openApi";
import { awaitStack } from "../pause/ready";
import { loadPause } from "../pause/record";
import { startContainers } from "../pause/start";
import { clusterNames, type PausedStack, stopStack } from "../pause/stop";
import { pulumiEnvironment } from "../pulumi/environment";
import { queryStack, requireState } from "../pulumi/existing";
import type { Target } from "../pulumi/run";
import { chooseStack } from "../pulumi/stack";
import { clustersIn, type ExportedState, outputsIn } from "../pulumi/state";
import { print, prepareTarget } from "../pulumi/target";
import { endInterrupted } from "../recovery/interrupted";
import { activeRun } from "../recovery/runRecord";
import { pickRoute } from "../toolchain";

const containersType = "kind:index:ClusterContainers";

/** Returns the stack with the clusters and addresses of its state. */
const pausedStack = ({ checkout, stack }: Target, state: ExportedState): PausedStack => {
  const resources = state.deployment.resources ?? [];
  const addresses = resources
    .filter(({ type }) => type === containersType)
    .map(({ outputs }) => (outputs?.addresses ?? {}) as Record<string, string[]>);
  const known = Object.fromEntries(
    addresses.flatMap((map) => Object.entries(map)).filter(([, list]) => list.length > 0),
  );
  return { checkout, stack, clusters: clustersIn(state), known };
};

const readState = async (target: Target): Promise<ExportedState> =>
  JSON.parse(await queryStack(target, ["stack", "export", "--show-secrets"])) as ExportedState;

/** Opens an existing stack that no other run of Slipway is changing, and ends processes of killed runs. */
const openStack = async (): Promise<{ target: Target; state: ExportedState; paused: PausedStack }> => {
  const { stack } = chooseStack(root, await pickRoute({ checkout: root, print }));
  requireState({ stack, backend: pulumiEnvironment(root).backend });
  const { target } = await prepareTarget();
  const pid = activeRun(root, stack);
  if (pid !== undefined)
    throw new Error(`stack ${stack}: expected no other run, got a run of process ${pid}. Wait for its end.`);
  await endInterrupted(target, print);
  const state = await readState(target);
  const paused = pausedStack(target, state);
  if (paused.clusters.management === undefined && paused.clusters.workload.length > 0)
    throw new Error(
      `stack ${stack}: expected a management cluster of the stack, got a cluster of your own. ` +
        "That cluster goes on running, and its Cluster API would replace stopped machines: use make destroy and make up.",
    );
  return { target, state, paused };
};

/** Returns the pods that are not Ready now, as `CLUSTER NAMESPACE/NAME`. Clusters that do not answer have none. */
const readUnready = async (target: Target, state: ExportedState): Promise<string[]> => {
  const { management, clusters } = findClusters(target, outputsIn(state));
  const files = [{ name: clustersIn(state).management?.name ?? "", file: management }, ...clusters];
  const lists = await Promise.all(
    files.map(async ({ name, file }) => {
      if (file === undefined) return [];
      const api = await openWatchedApi(target, file);
      const waiting = await readWaitingPods(api);
      api.close();
      return (waiting ?? []).map((pod) => `${name} ${pod.name}`);
    }),
  );
  return lists.flat();
};

/** Changes the MachineHealthChecks of a stack, and prints the problems. */
const changeHealthChecks = async (
  target: Target,
  state: ExportedState,
  change: typeof pauseHealthChecks,
): Promise<void> => {
  const { management } = findClusters(target, outputsIn(state));
  if (management === undefined) return;
  for (const problem of await change(createExec(target.checkout, target.variables), management)) print(problem);
};

export const stop: Action = async () => {
  const { target, state, paused } = await openStack();
  const isFirst = loadPause(root, target.stack) === undefined;
  const unready = isFirst ? await readUnready(target, state) : [];
  if (isFirst) await changeHealthChecks(target, state, pauseHealthChecks);
  return stopStack({ ...paused, unready }, print);
};

const awaitStarted = async (
  target: Target,
  state: ExportedState,
  paused: PausedStack,
  unready: readonly string[],
): Promise<void> => {
  const names = clusterNames(paused.clusters);
  const { ours } = await findStackContainers(target.stack, names, docker);
  const [{ reach }] = await Promise.all([
    measureReach({ management: paused.clusters.management?.name }),
    renewPublishedPorts(target),
  ]);
  const containers = Object.fromEntries(
    names.map((name) => [
      name,
      ours.filter(({ cluster, running }) => cluster === name && running).map((container) => container.name),
    ]),
  );
  const outputs = outputsIn(state);
  const urls = [...new Set([outputs.url ?? [], Object.values(outputs.urls ?? {})].flat())];
  const management = paused.clusters.management?.name ?? "";
  const located = findClusters(target, outputs);
  await awaitStack({ target, management, located, containers, urls, unready, reach }, print);
  await changeHealthChecks(target, state, resumeHealthChecks);
};

export const start: Action = async () => {
  const { target, state, paused } = await openStack();
  const unready = loadPause(root, target.stack)?.unready ?? [];
  if (clusterNames(paused.clusters).length === 0) {
    print(`stack ${target.stack} has no clusters: make up creates them`);
    return 0;
  }
  const { started } = await startContainers(paused, print);
  if (started.length === 0) print(`all containers of stack ${target.stack} run already`);
  await awaitStarted(target, state, paused, unready);
  print(`stack ${target.stack} runs`);
  return 0;
};

/**
 * Starts a stack that `stop` stopped, before an `up`, and waits until it works. It does not wait if a container is gone,
 * because `up` replaces the machine and then waits. Returns a function for the end of the `up`.
 *
 * @throws if an address or a port is taken, or the network was changed
 */
export const startBeforeUp = async (target: Target): Promise<() => Promise<void>> => {
  const record = loadPause(target.checkout, target.stack);
  if (record === undefined) return () => Promise.resolve();
  print(`stack ${target.stack} is stopped: starting it first`);
  const state = await readState(target);
  const paused = pausedStack(target, state);
  const { gone } = await startContainers(paused, print, { allowGone: true });
  if (gone.length === 0) await awaitStarted(target, state, paused, record.unready);
  else print(`gone from Docker: ${gone.join(", ")}`);
  return () => changeHealthChecks(target, state, resumeHealthChecks);
};
