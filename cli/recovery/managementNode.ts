import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../lib/base/errors";
import { kubeconfigFile } from "../../lib/base/paths";
import { readStackFile } from "../../preflight/stackFile";
import { docker, type Docker, listContainers, managementNode } from "../../system/docker";
import type { Target } from "../pulumi/run";
import { clustersIn, exportState } from "../pulumi/state";
import type { Print } from "../toolchain/build/progress";

/** Variable that makes Pulumi's Kubernetes plugin treat unreachable objects as deleted. */
export const deleteUnreachable = "PULUMI_K8S_DELETE_UNREACHABLE";

/** Returns the name of the stack's own management cluster; undefined for an existing cluster, or for invalid settings. */
export const ownManagement = (checkout: string, stack: string): string | undefined => {
  const management = readStackFile(checkout, stack).settings?.management;
  // Slipway never removes a cluster that someone else created. The program reports invalid settings.
  return management?.kubeconfig === "" ? management.name : undefined;
};

/** State of the management cluster's node. */
export type NodeState = "answers" | "silent" | "gone";

const isReady = (node: string, runDocker: Docker): Promise<boolean> =>
  runDocker(
    "exec",
    node,
    "kubectl",
    "--kubeconfig",
    "/etc/kubernetes/admin.conf",
    "--request-timeout=5s",
    "get",
    "--raw",
    "/readyz",
  ).then(
    () => true,
    () => false, // the API server is starting, or is broken
  );

/**
 * Starts the management cluster's node if it is stopped, and waits up to three minutes for its API. Only a management cluster
 * that answers can repair or delete its clusters.
 *
 * @throws if Docker does not answer
 */
export const wakeManagement = async (
  cluster: string,
  print: Print,
  runDocker: Docker = docker,
  timeoutMs = 180_000,
): Promise<NodeState> => {
  const node = `${cluster}-control-plane`;
  const [container] = await listContainers(runDocker, `name=^/?${node}$`);
  if (container === undefined) return "gone";
  const { state } = container;
  if (state !== "running") {
    print(`the management cluster's node ${node} is ${state}: starting it`);
    await runDocker(state === "paused" ? "unpause" : "start", node).catch((error: unknown) => print(messageOf(error)));
  }
  for (const deadline = Date.now() + timeoutMs; !(await isReady(node, runDocker)); await sleep(1000)) {
    if (Date.now() > deadline) return "silent";
  }
  return "answers";
};

/** Returns true if `withoutManagement` found that the target's management cluster is gone. */
export const managementClusterIsGone = ({ variables }: Target): boolean => variables[deleteUnreachable] === "true";

/** Returns the name of the target's own management cluster; undefined if the cluster was never created. */
const managementOf = ({ checkout, stack }: Target): string | undefined => {
  const name = ownManagement(checkout, stack);
  // A management cluster without a kubeconfig was never created.
  return name !== undefined && existsSync(join(checkout, kubeconfigFile(stack, name))) ? name : undefined;
};

/** Returns true if the state has a management cluster of the stack. */
const stateKnows = async (target: Target): Promise<boolean> => {
  const state = await exportState(target);
  return state !== undefined && clustersIn(state).management !== undefined;
};

/**
 * Inspects the management cluster before Pulumi does, and returns the target. If the management cluster no longer exists in
 * Docker, the target has a variable that makes Pulumi's Kubernetes plugin treat unreachable objects as deleted. A Docker
 * that does not answer is an outage, and proves nothing about the cluster.
 *
 * @throws if Docker does not answer
 */
export const withoutManagement = async (
  target: Target,
  print: Print,
  node = managementNode,
  isKnown = stateKnows,
): Promise<Target> => {
  const name = managementOf(target);
  if (name === undefined) return target;
  const container = await node(name);
  if (container && !container.running) {
    print(`management cluster ${name} is stopped: its objects cannot be read until make up starts it`);
  }
  // Without the cluster in the state, a kubeconfig is only a leftover file.
  if (container || !(await isKnown(target))) return target;
  print(`management cluster ${name} no longer exists in Docker; everything in it is lost`);
  return { ...target, variables: { ...target.variables, [deleteUnreachable]: "true" } };
};

/**
 * Starts the management cluster if it is stopped, and waits until it answers. After a restart of Docker, it needs a while to
 * answer, and Pulumi would report it as unreachable.
 */
export const awaitManagement = async (target: Target, print: Print, wake = wakeManagement): Promise<void> => {
  const name = managementOf(target);
  if (name === undefined || (await wake(name, print)) !== "silent") return;
  print(`management cluster ${name} does not answer, so its objects cannot be read`);
};
