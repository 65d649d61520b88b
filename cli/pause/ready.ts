import { join } from "node:path";
import type { Reach } from "../../lib/base/containerAddresses";
import { docker, type Docker } from "../../system/docker";
import { complaintOf, exec, type ExecOptions, type ExecResult } from "../../system/exec";
import type { StackClusters } from "../diagnosis/cluster";
import { openDirectApi, openWatchedApi } from "../progress/openApi";
import type { Target } from "../pulumi/run";
import { wakeManagement } from "../recovery/managementNode";
import type { Print } from "../toolchain/build/progress";
import { releaseLeases } from "./leases";
import { awaitPods, readWaitingPods } from "./pods";

/** A stack whose containers run. */
export interface StartedStack {
  target: Target;
  /** Name of the management cluster. */
  management: string;
  located: StackClusters;
  /** Names of the containers that run, by cluster. */
  containers: Readonly<Record<string, readonly string[]>>;
  urls: readonly string[];
  /** Pods that were not Ready before the stop, as `CLUSTER NAMESPACE/NAME`. */
  unready: readonly string[];
  /** How this host reaches the clusters. @default "address" */
  reach?: Reach;
}

/** Seconds until a start gives up, for each condition; SLIPWAY_TIMEOUT shortens them. */
const timeouts = { management: 300, nodes: 600, pods: 600, answer: 300 };

const limit = (seconds: number): number => Math.min(seconds, Number(process.env.SLIPWAY_TIMEOUT) || seconds);

/** Runs a step of the checkout. */
export type RunStep = (step: string, options: ExecOptions) => Promise<ExecResult>;

const runStep: RunStep = (step, options) => exec(step, [], options);

const requireStep = async (
  { target }: StartedStack,
  step: string,
  env: Readonly<Record<string, string>>,
  run: RunStep,
): Promise<void> => {
  const { checkout, variables } = target;
  const result = await run(join(checkout, "steps", step), { cwd: checkout, env: { ...variables, ...env } });
  if (result.code !== 0) throw new Error(complaintOf(result).slice(-4000));
};

const startTimes = async (names: readonly string[], runDocker: Docker): Promise<Record<string, string>> => {
  if (names.length === 0) return {};
  const lines = await runDocker("container", "inspect", "--format", "{{.Name}} {{.State.StartedAt}}", ...names);
  return Object.fromEntries(lines.map((line) => line.replace(/^\//, "").split(" ") as [string, string]));
};

/** Waits until a workload cluster's API answers and its nodes are Ready, with a status of after the start. */
const awaitCluster = async (
  stack: StartedStack,
  { name, namespace }: StackClusters["clusters"][number],
  run: RunStep,
): Promise<void> => {
  const KUBECONFIG = join(stack.target.checkout, stack.located.management ?? "");
  const TIMEOUT = `${timeouts.nodes}s`;
  const REACH = stack.reach ?? "address";
  const env = { CLUSTER: name, NAMESPACE: namespace, KUBECONFIG, MISSING_CONTAINERS: "", TIMEOUT, REACH };
  await requireStep(stack, "repair-containers", env, run);
};

/** Releases leases of all clusters until `isOver` returns true. */
const releaseAll = async (
  { target, management, located, containers }: StartedStack,
  isOver: () => boolean,
  runDocker: Docker,
): Promise<void> => {
  const files = [{ name: management, file: located.management }, ...located.clusters];
  const releases = files.map(async ({ name, file }) => {
    const api = file === undefined ? undefined : openDirectApi(target, file);
    if (api === undefined) return;
    try {
      await releaseLeases(api, Object.values(await startTimes(containers[name] ?? [], runDocker)), isOver);
    } finally {
      api.close();
    }
  });
  await Promise.allSettled(releases);
};

/**
 * Waits until a started stack works: API servers, nodes, pods, and the applications' answers. Prints each condition that
 * became true, with its seconds.
 *
 * @throws with the condition that did not become true in time
 */
export const awaitStack = async (
  stack: StartedStack,
  print: Print,
  run: RunStep = runStep,
  runDocker: Docker = docker,
): Promise<void> => {
  let isOver = false;
  const released = releaseAll(stack, () => isOver, runDocker);
  try {
    await awaitConditions(stack, print, run, runDocker);
  } finally {
    isOver = true;
    await released;
  }
};

const awaitConditions = async (stack: StartedStack, print: Print, run: RunStep, runDocker: Docker): Promise<void> => {
  const { target, management, located, containers, urls, unready } = stack;
  const begin = Date.now();
  const report = (text: string): void => print(`${text} (${Math.round((Date.now() - begin) / 1000)} s)`);
  const seconds = limit(timeouts.management);
  if ((await wakeManagement(management, print, runDocker, seconds * 1000)) !== "answers") {
    throw new Error(
      `management cluster ${management}: expected an answer of its API server within ${seconds} s, got none. ` +
        `Look at docker logs ${management}-control-plane, then run make start again.`,
    );
  }
  report(`management cluster ${management} answers`);
  const podsOf = async (cluster: string, file: string): Promise<void> => {
    const startedAt = await startTimes(containers[cluster] ?? [], runDocker);
    const except = unready.flatMap((pod) => (pod.startsWith(`${cluster} `) ? [pod.slice(cluster.length + 1)] : []));
    const api = await openWatchedApi(target, file);
    try {
      await awaitPods(cluster, () => readWaitingPods(api, startedAt), except, limit(timeouts.pods));
    } finally {
      api.close();
    }
    report(`cluster ${cluster}: all pods are Ready`);
  };
  await Promise.all([
    located.management === undefined ? undefined : podsOf(management, located.management),
    ...located.clusters.map(async (cluster) => {
      if ((containers[cluster.name] ?? []).length === 0) return; // in-memory: simulated by the management cluster
      await awaitCluster(stack, cluster, run);
      report(`cluster ${cluster.name}: the API server answers and all nodes are Ready`);
      if (cluster.file !== undefined) await podsOf(cluster.name, cluster.file);
    }),
  ]);
  const answers = urls.map(async (URL) => {
    const sender: Record<string, string> =
      stack.reach === "published-port" ? { FROM: `${management}-control-plane` } : {};
    await requireStep(stack, "http-request", { URL, TIMEOUT_SECONDS: String(limit(timeouts.answer)), ...sender }, run);
    report(`${URL} answers`);
  });
  await Promise.all(answers);
};
