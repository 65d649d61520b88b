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

/** By it Pulumi's Kubernetes plugin takes what it cannot reach for deleted. */
export const deleteUnreachable = "PULUMI_K8S_DELETE_UNREACHABLE";

/** The name of the management cluster that a stack's settings have it make; undefined where they give one, or are wrong. */
export const ownManagement = (checkout: string, stack: string): string | undefined => {
  const management = readStackFile(checkout, stack).settings?.management;
  // One that someone else made is nobody's to call gone, or to remove; settings that are wrong are refused by the program.
  return management?.kubeconfig === "" ? management.name : undefined;
};

/** What Docker has of the management cluster's node. */
export type NodeState = "answers" | "silent" | "gone";

const isReady = (node: string, ask: Docker): Promise<boolean> =>
  ask(
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
    () => false, // still starting, or never
  );

/**
 * Whether the management cluster of that name answers: only it can repair its clusters, or take them away. A node that is
 * stopped, as after a restart of Docker, is started, and has three minutes to answer. Throws where Docker does not answer.
 */
export const wakeManagement = async (
  cluster: string,
  print: Print,
  ask: Docker = docker,
  patienceMs = 180_000,
): Promise<NodeState> => {
  const node = `${cluster}-control-plane`;
  const [container] = await listContainers(ask, `name=^/?${node}$`);
  if (container === undefined) return "gone";
  const { state } = container;
  if (state !== "running") {
    print(`the management cluster's node ${node} is ${state}: starting it`);
    await ask(state === "paused" ? "unpause" : "start", node).catch((error: unknown) => print(messageOf(error)));
  }
  for (const deadline = Date.now() + patienceMs; !(await isReady(node, ask)); await sleep(1000)) {
    if (Date.now() > deadline) return "silent";
  }
  return "answers";
};

/** Whether that was found of a target. */
export const managementClusterIsGone = ({ variables }: Target): boolean => variables[deleteUnreachable] === "true";

/** The name of the target's own management cluster; undefined where it never had one. */
const managementOf = ({ checkout, stack }: Target): string | undefined => {
  const name = ownManagement(checkout, stack);
  // Without its kubeconfig it never was, and there is nothing to say.
  return name !== undefined && existsSync(join(checkout, kubeconfigFile(stack, name))) ? name : undefined;
};

/** Whether the state has a management cluster of the stack's own. */
const stateKnows = async (target: Target): Promise<boolean> => {
  const state = await exportState(target);
  return state !== undefined && clustersIn(state).management !== undefined;
};

/**
 * Looks at the management cluster before Pulumi does, and gives the target: the same, but for a stack whose management
 * cluster is gone from Docker. Pulumi's Kubernetes plugin then takes what it cannot reach for deleted, which is true
 * only then. A Docker that does not answer tells of an outage, not of that.
 *
 * @throws where Docker does not answer
 */
export const withoutManagement = async (
  target: Target,
  print: Print,
  node = managementNode,
  isKnown = stateKnows,
): Promise<Target> => {
  const name = managementOf(target);
  if (name === undefined) return target;
  const found = await node(name);
  if (found && !found.running) {
    print(`management cluster ${name} is stopped: make up starts it; until then what stands in it cannot be read`);
  }
  // A kubeconfig that outlived its stack's state is no loss to tell of.
  if (found || !(await isKnown(target))) return target;
  print(`management cluster ${name}: Docker has it no more, so what stood in it is gone`);
  return { ...target, variables: { ...target.variables, [deleteUnreachable]: "true" } };
};

/**
 * Starts the management cluster where it stands still, and waits until it answers: after a restart of Docker it does not
 * for a while, and Pulumi would call it unreachable.
 */
export const awaitManagement = async (target: Target, print: Print, wake = wakeManagement): Promise<void> => {
  const name = managementOf(target);
  if (name === undefined || (await wake(name, print)) !== "silent") return;
  print(`management cluster ${name} does not answer, so what stands in it cannot be read`);
};
