import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { clusterLabel } from "../../lib/base/labels";
import type { Diagnosis } from "../../lib/diagnosis/diagnose";
import { deletionLines } from "../../lib/plan/deletionText";
import { type Exec, createExec } from "../../system/exec";
import { clusterStates, findClusters, type StackClusters } from "../diagnosis/cluster";
import { askExisting, requireState } from "../pulumi/existing";
import { type Outputs, readOutputs, type Target } from "../pulumi/run";
import { type ExportedState, exportState, outputsIn } from "../pulumi/state";
import { findDeletions } from "../recovery/findDeleted";
import type { Print } from "../toolchain/build/progress";

const section = (title: string, text: string): string[] => [
  "",
  title,
  ...(text || "(none)").split("\n").map((line) => `  ${line}`),
];

/** What a cluster that is ready has: its nodes, and its services with an address. */
const contents = async (ask: Exec, { name, file }: StackClusters["clusters"][number]): Promise<string[]> => {
  if (file === undefined) return [];
  const get = (...args: string[]) => ask("kubectl", "--kubeconfig", file, "get", ...args, "--request-timeout=10s");
  const [nodes, services] = await Promise.all([get("nodes", "--output=wide"), get("services", "--all-namespaces")]);
  const balanced = services.text.split("\n").filter((line, index) => index === 0 || /\sLoadBalancer\s/.test(line));
  return [...section(`nodes of ${name}`, nodes.text), ...section(`load balancers of ${name}`, balanced.join("\n"))];
};

const containersFormat = "table {{.Names}}\t{{.Status}}\t{{.Image}}";

/** What status knows of a stack's clusters. */
export interface Survey {
  /** Whether there are tools to ask with. */
  hasTools: boolean;
  outputs: Outputs | undefined;
  found: StackClusters;
  /** The state of each of the clusters found. */
  states: Diagnosis[];
  /** What somebody deleted behind the stack's back, in words. */
  deleted: string[];
  /** Whether every cluster is ready and nothing was deleted. */
  isReady: boolean;
}

/** Reads the state of a stack, or fails where there is none. */
const readState = async (target: Target): Promise<ExportedState> =>
  JSON.parse(await askExisting(target, ["stack", "export", "--show-secrets"])) as ExportedState;

/**
 * Looks at the stack's clusters.
 *
 * @param mustExist whether it is an error that the stack does not exist, or that Pulumi fails
 */
export const surveyClusters = async (target: Target, ask: Exec, mustExist: boolean): Promise<Survey> => {
  if (mustExist) requireState(target);
  const hasTools = existsSync(join(target.checkout, ".tools", "bin", "pulumi"));
  const read = mustExist ? readState : () => exportState(target, { showSecrets: true });
  const state = hasTools ? await read(target) : undefined;
  const outputs = state && outputsIn(state);
  const found = findClusters(target, outputs);
  if (found.management === undefined) return { hasTools, outputs, found, states: [], deleted: [], isReady: false };
  const [states, deletions] = await Promise.all([
    clusterStates(ask, found),
    findDeletions(target, state?.deployment.resources ?? []),
  ]);
  const deleted = deletionLines(deletions);
  const isReady = states.every(({ ready }) => ready) && deleted.length === 0;
  return { hasTools, outputs, found, states, deleted, isReady };
};

/**
 * What is there now, and whether every cluster of the stack is ready. Nothing being up is an answer too.
 *
 * @param mustExist whether it is an error that the stack does not exist; default: false
 */
export const look = async (target: Target, mustExist = false): Promise<{ lines: string[]; ready: boolean }> => {
  const ask = createExec(target.checkout, target.variables);
  const [survey, containers, network] = await Promise.all([
    surveyClusters(target, ask, mustExist),
    ask("docker", "ps", "--all", "--filter", `label=${clusterLabel}`, "--format", containersFormat),
    ask("docker", "network", "inspect", "kind", "--format", "{{.Name}}: {{range .IPAM.Config}}{{.Subnet}} {{end}}"),
  ]);
  const { hasTools, outputs, found, states, deleted, isReady } = survey;
  const lines = [
    ...(hasTools ? [] : ["tools: none yet (make tools)"]),
    ...section("containers", containers.text.includes("\n") || containers.failed ? containers.text : "(none)"),
    ...section("network", network.failed ? "(none)" : network.text),
  ];
  if (found.management === undefined) {
    return { lines: [...lines, ...section(`stack ${target.stack}`, "nothing is up (make up)")], ready: false };
  }
  const details = await Promise.all(
    found.clusters.map((cluster, index) =>
      states[index]?.ready ? contents(ask, cluster) : Promise.resolve<string[]>([]),
    ),
  );
  return {
    lines: [
      ...lines,
      ...states.flatMap(({ lines: verdict }, index) => ["", ...verdict, ...(details[index] ?? [])]),
      ...(deleted.length > 0 ? section("deleted outside of Slipway", deleted.join("\n")) : []),
      ...section("url", outputs?.url ?? "(none)"),
    ],
    ready: isReady,
  };
};

/** One screen for each cluster on what is there: containers, what holds a cluster, or its nodes and services, and the URL. */
export const printStatus = async (target: Target, print: Print): Promise<void> => {
  for (const line of (await look(target, true)).lines) print(line);
};

/** Seconds between two looks; each takes some itself. */
const pause = 3;

/** Erases the terminal and puts the cursor into its upper left corner. */
const clear = "\u001b[2J\u001b[H";

/**
 * Follows the status: what changed is drawn anew. In a terminal until Ctrl-C; elsewhere until all clusters are ready,
 * so that a script can wait for it. A stack that does not exist yet may come to exist.
 */
export const watchStatus = async (target: Target, print: Print, terminal = process.stdout.isTTY): Promise<void> => {
  let shown = "";
  for (;;) {
    const { lines, ready } = await look(target);
    const text = lines.join("\n");
    // Docker counts seconds: that alone is no change.
    const steady = text.replace(/Up .*?( {2,}|$)/gm, "Up  ").replace(/\d+[smhd]\b/g, "");
    if (steady !== shown) print(`${terminal ? clear : `\n--- ${new Date().toISOString()}`}${text}`);
    shown = steady;
    if (ready && !terminal) return;
    await sleep(pause * 1000);
  }
};

/** What holds each cluster that is not ready; nothing where all are, or where there is no management cluster. */
export const printStuck = async (target: Target, print: Print): Promise<void> => {
  const found = findClusters(target, await readOutputs(target));
  const states = await clusterStates(createExec(target.checkout, target.variables), found);
  for (const { ready, lines } of states) if (!ready) for (const line of ["", ...lines]) print(line);
};
