import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { listArguments, parseContainers } from "../../lib/base/container";
import { clusterLabel, ownerOf } from "../../lib/base/labels";
import type { Diagnosis } from "../../lib/diagnosis/diagnose";
import {
  conflictText,
  findNameConflicts,
  type NameConflict,
  neededContainerNames,
} from "../../lib/settings/containerNames";
import { readStackFile } from "../../preflight/stackFile";
import { deletionLines } from "../../lib/plan/deletionText";
import { type Exec, createExec } from "../../system/exec";
import { clusterStates, findClusters, type StackClusters } from "../diagnosis/cluster";
import { queryStack, requireState } from "../pulumi/existing";
import { type Outputs, readOutputs, type Target } from "../pulumi/run";
import { type ExportedState, exportState, outputsIn } from "../pulumi/state";
import { pauseLines, type PauseState, pauseState } from "../pause/describe";
import { loadPause } from "../pause/record";
import { clustersOf } from "../teardown/destroy";
import { findDeletions } from "../recovery/findDeleted";
import { isReaderGone } from "../commandLine/output";
import type { Print } from "../toolchain/build/progress";

const section = (title: string, text: string): string[] => [
  "",
  title,
  ...(text || "(none)").split("\n").map((line) => `  ${line}`),
];

/** Returns the nodes and the load balancers of a ready cluster as lines. */
const contents = async (exec: Exec, { name, file }: StackClusters["clusters"][number]): Promise<string[]> => {
  if (file === undefined) return [];
  const get = (...args: string[]) => exec("kubectl", "--kubeconfig", file, "get", ...args, "--request-timeout=10s");
  const [nodes, services] = await Promise.all([get("nodes", "--output=wide"), get("services", "--all-namespaces")]);
  const balanced = services.text.split("\n").filter((line, index) => index === 0 || /\sLoadBalancer\s/.test(line));
  return [...section(`nodes of ${name}`, nodes.text), ...section(`load balancers of ${name}`, balanced.join("\n"))];
};

/** Returns the containers that are in the way of the stack; none if Docker or the settings cannot be read. */
export const readNameConflicts = async (exec: Exec, { checkout, stack }: Target): Promise<NameConflict[]> => {
  const { settings } = readStackFile(checkout, stack);
  const { text, failed } = await exec("docker", ...listArguments());
  if (settings === undefined || failed) return [];
  return findNameConflicts(neededContainerNames(settings), parseContainers(text.split("\n")), ownerOf(stack));
};

const containersFormat = "table {{.Names}}\t{{.Status}}\t{{.Image}}";

/** Result of an inspection of a stack's clusters. */
export interface Inspection {
  /** True if the tools are installed. */
  hasTools: boolean;
  outputs: Outputs | undefined;
  located: StackClusters;
  /** The diagnosis of each workload cluster in `located`, in the same order. */
  states: Diagnosis[];
  /** One line for each object that was deleted outside of Slipway. */
  deleted: string[];
  /** State of a stopped stack; null if every container runs, or Docker does not answer. */
  pause: PauseState | null;
  /** True if every cluster is ready and nothing was deleted. */
  isReady: boolean;
}

/** Reads from Docker whether the stack was stopped. */
const readPauseState = async (
  { checkout, stack }: Target,
  exec: Exec,
  outputs: Outputs | undefined,
): Promise<PauseState | null> => {
  const record = loadPause(checkout, stack);
  const { text, failed } = await exec("docker", ...listArguments());
  const clusters = record ? [] : clustersOf(outputs);
  return failed ? null : (pauseState(record, parseContainers(text.split("\n")), clusters) ?? null);
};

/** Reads the state of a stack, and fails if the stack has no state. */
const readState = async (target: Target): Promise<ExportedState> =>
  JSON.parse(await queryStack(target, ["stack", "export", "--show-secrets"])) as ExportedState;

/**
 * Inspects the stack's clusters.
 *
 * @param mustExist if true, a missing stack or a failure of Pulumi is an error
 */
export const inspectClusters = async (target: Target, exec: Exec, mustExist: boolean): Promise<Inspection> => {
  if (mustExist) requireState(target);
  const hasTools = existsSync(join(target.checkout, ".tools", "bin", "pulumi"));
  const read = mustExist ? readState : () => exportState(target, { showSecrets: true });
  const state = hasTools ? await read(target) : undefined;
  const outputs = state && outputsIn(state);
  const located = findClusters(target, outputs);
  const pause = located.management === undefined ? null : await readPauseState(target, exec, outputs);
  // The clusters of a stopped stack do not answer, and each question would wait for its timeout.
  if (located.management === undefined || pause?.running.length === 0)
    return { hasTools, outputs, located, states: [], deleted: [], pause, isReady: false };
  const [states, deletions] = await Promise.all([
    clusterStates(exec, located),
    findDeletions(target, state?.deployment.resources ?? []),
  ]);
  const deleted = deletionLines(deletions);
  const isReady = states.every(({ ready }) => ready) && deleted.length === 0 && pause === null;
  return { hasTools, outputs, located, states, deleted, pause, isReady };
};

/**
 * Returns the status as lines, and whether every cluster of the stack is ready. A stack that is not up has a status too.
 *
 * @param mustExist if true, a missing stack is an error; default: false
 */
export const inspectStack = async (target: Target, mustExist = false): Promise<{ lines: string[]; ready: boolean }> => {
  const exec = createExec(target.checkout, target.variables);
  const [inspection, containers, network, conflicts] = await Promise.all([
    inspectClusters(target, exec, mustExist),
    exec("docker", "ps", "--all", "--filter", `label=${clusterLabel}`, "--format", containersFormat),
    exec("docker", "network", "inspect", "kind", "--format", "{{.Name}}: {{range .IPAM.Config}}{{.Subnet}} {{end}}"),
    readNameConflicts(exec, target),
  ]);
  const { hasTools, outputs, located, states, deleted, pause, isReady } = inspection;
  const lines = [
    ...(hasTools ? [] : ["tools: none yet (make tools)"]),
    ...section("containers", containers.text.includes("\n") || containers.failed ? containers.text : "(none)"),
    ...(conflicts.length === 0
      ? []
      : section("containers in the way of this stack", conflicts.map(conflictText).join("\n"))),
    ...section("network", network.failed ? "(none)" : network.text),
    ...(pause === null ? [] : ["", ...pauseLines(target.stack, pause)]),
  ];
  if (located.management === undefined) {
    return { lines: [...lines, ...section(`stack ${target.stack}`, "nothing is up (make up)")], ready: false };
  }
  const details = await Promise.all(
    located.clusters.map((cluster, index) =>
      states[index]?.ready ? contents(exec, cluster) : Promise.resolve<string[]>([]),
    ),
  );
  return {
    lines: [
      ...lines,
      ...states.flatMap(({ lines: diagnosis }, index) => ["", ...diagnosis, ...(details[index] ?? [])]),
      ...(deleted.length > 0 ? section("deleted outside of Slipway", deleted.join("\n")) : []),
      ...section("url", outputs?.url ?? "(none)"),
    ],
    ready: isReady,
  };
};

/** Prints containers, network, clusters and URL. A cluster that is not ready has the reason; a ready cluster has its nodes. */
export const printStatus = async (target: Target, print: Print): Promise<void> => {
  for (const line of (await inspectStack(target, true)).lines) print(line);
};

/** Seconds between the end of an inspection and the start of the next inspection. */
const pause = 3;

/** Erases the terminal and moves the cursor to the upper left corner. */
const clear = "\u001b[2J\u001b[H";

/**
 * Prints the status again after each change. In a terminal it ends at Ctrl-C. Elsewhere it ends when all clusters are
 * ready, so that a script can wait. The stack may be created meanwhile.
 */
export const watchStatus = async (target: Target, print: Print, terminal = process.stdout.isTTY): Promise<void> => {
  let shown = "";
  for (;;) {
    const { lines, ready } = await inspectStack(target);
    const text = lines.join("\n");
    // Docker's output contains running times, which are not a change of the status.
    const steady = text.replace(/Up .*?( {2,}|$)/gm, "Up  ").replace(/\d+[smhd]\b/g, "");
    if (steady !== shown) print(`${terminal ? clear : `\n--- ${new Date().toISOString()}`}${text}`);
    shown = steady;
    if ((ready && !terminal) || isReaderGone()) return;
    await sleep(pause * 1000);
  }
};

/**
 * Prints why each cluster is not ready, and returns the lines. It prints nothing if all clusters are ready, or without a
 * management cluster.
 */
export const printStuck = async (target: Target, print: Print): Promise<string[]> => {
  const located = findClusters(target, await readOutputs(target));
  const states = await clusterStates(createExec(target.checkout, target.variables), located);
  const stuck = states.flatMap(({ ready, lines }) => (ready ? [] : ["", ...lines]));
  for (const line of stuck) print(line);
  return stuck;
};
