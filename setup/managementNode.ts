import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../lib/messageOf";
import { readStackFile, stackFile } from "../lib/stackFile";
import { docker, type Docker } from "./leftovers";
import type { Print } from "./progress";

/** By it Pulumi's Kubernetes plugin takes what it cannot reach for deleted. */
export const deleteUnreachable = "PULUMI_K8S_DELETE_UNREACHABLE";

/** The name of the management cluster that a stack's settings have it make; undefined where they give one, or are wrong. */
export const ownManagement = (checkout: string, stack: string): string | undefined => {
  const management = readStackFile(stackFile(checkout, stack)).settings?.management;
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
  const [row] = await ask("ps", "--all", "--filter", `name=^/?${node}$`, "--format", "{{.State}}");
  if (row === undefined) return "gone";
  if (row !== "running") {
    print(`the management cluster's node ${node} is ${row}: starting it`);
    await ask(row === "paused" ? "unpause" : "start", node).catch((error: unknown) => print(messageOf(error)));
  }
  for (const deadline = Date.now() + patienceMs; !(await isReady(node, ask)); await sleep(1000)) {
    if (Date.now() > deadline) return "silent";
  }
  return "answers";
};
