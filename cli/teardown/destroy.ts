import { deleteRecord, loadRecord, saveRecord } from "../../preflight/resourceRecord";
import {
  findDockerResources,
  findRemaining,
  type DockerResources,
  foreignContainersOn,
} from "../../system/dockerResources";
import { deletePause, isPaused } from "../pause/record";
import { removeKubeconfigs } from "../actions/report";
import { forgetMerged } from "../kubeconfig/merge";
import { localBackend } from "../pulumi/environment";
import { hasState } from "../pulumi/fileBackend";
import { type EventObserver, observedRun } from "../pulumi/followedRun";
import type { Outputs, Target } from "../pulumi/run";
import { clustersIn, type ExportedState, exportState, type StateClusters } from "../pulumi/state";
import type { Print } from "../toolchain/build/progress";
import { withPlannedManagement } from "./plannedClusters";
import { removeClusterContainers } from "./containers";

const networkType = "docker:index/network:Network";

/** Returns the names of all clusters in a stack's outputs. */
export const clustersOf = (outputs: Outputs | undefined): string[] =>
  [outputs?.managementCluster ?? [], ...(outputs?.clusters ?? []).map(({ name }) => name)].flat();

/** Returns true if the local backend has no state for the stack, so there is nothing to destroy. */
export const hasNoState = (checkout: string, stack: string, backend: string): boolean =>
  backend === localBackend(checkout) && !hasState(backend, stack);

/**
 * Prints which objects of a stack Docker still has, and returns the exit code.
 *
 * @param staying networks of the stack that other containers use
 */
const reportRemaining = async (
  { checkout, stack }: Pick<Target, "checkout" | "stack">,
  held: DockerResources,
  print: Print,
  staying: readonly SharedNetwork[] = [],
): Promise<number> => {
  const remaining = await findRemaining(
    stack,
    held,
    staying.map(({ name }) => name),
  );
  if (remaining.length === 0) {
    deleteRecord(checkout, stack);
    deletePause(checkout, stack);
    await forgetMerged({ checkout, stack }, print);
    if (staying.length === 0) print(`nothing left: Docker has no container, volume or network of stack ${stack}`);
    else print(`nothing else left: Docker has no container or volume of stack ${stack}`);
    for (const { name, users } of staying) {
      print(`network ${name} stays, because other containers use it: ${users.join(", ")}`);
      print("run make destroy again after the removal of these containers");
    }
    return 0;
  }
  print("left in Docker:");
  for (const line of remaining) print(`  ${line}`);
  return 1;
};

const findObjects = (stack: string, listed: string[]): Promise<DockerResources | undefined> =>
  findDockerResources(stack, listed).catch(() => undefined); // Docker does not answer

/** Reports that a stack has no state, and which objects Docker has. Returns the exit code. */
export const reportNoState = async (checkout: string, stack: string, print: Print): Promise<number> => {
  print(`stack ${stack} was never up from this checkout`);
  const held = await findObjects(stack, []);
  return held ? reportRemaining({ checkout, stack }, held, print) : 0;
};

/** Returns true if the user limits the destroy to a part of the stack, or to a preview. */
const isPartial = (args: readonly string[]): boolean =>
  args.some((arg) => /^(-[tx]|--target|--exclude|--preview-only)/.test(arg));

/** A network of the stack with other containers. Docker refuses to remove a network in use. */
interface SharedNetwork {
  name: string;
  users: string[];
}

const findShared = async ({ networks, containers }: DockerResources): Promise<SharedNetwork[]> => {
  const candidates = await Promise.all(
    networks.map(async (name) => ({
      name,
      users: await foreignContainersOn(name, containers).catch(() => []),
    })),
  );
  return candidates.filter(({ users }) => users.length > 0);
};

/** Returns options that exclude shared networks, which then stay in the state. */
const excludeShared = ({ deployment }: ExportedState, shared: readonly SharedNetwork[]): string[] =>
  (deployment.resources ?? [])
    .filter(({ type, inputs }) => type === networkType && shared.some(({ name }) => name === inputs?.name))
    .flatMap(({ urn }) => ["--exclude", urn]);

/** Reads the state, its clusters, and the Docker objects of state and record (undefined if Docker does not answer). */
const inspectStack = async (
  target: Target,
): Promise<{ state: ExportedState; clusters: StateClusters; holdings: DockerResources | undefined }> => {
  const { checkout, stack } = target;
  const { clusters: recorded } = loadRecord(checkout, stack);
  // Both at the same time, because an up records its clusters. Other clusters in the state need a second query.
  const [state = { deployment: {} }, recordedObjects] = await Promise.all([
    exportState(target),
    findObjects(stack, recorded),
  ]);
  const clusters = clustersIn(state);
  const names = [clusters.management?.name ?? [], clusters.workload].flat();
  const isComplete = names.every((name) => recorded.includes(name));
  return {
    state,
    clusters,
    holdings: isComplete ? recordedObjects : await findObjects(stack, [...names, ...recorded]),
  };
};

/** Takes the state before a destroy, and then the engine's events. */
export interface DestroyObserver {
  begin: (state: ExportedState) => void;
  observe: EventObserver;
}

/** Deletes the stack, checks that Docker has nothing left, and returns the exit code. */
export const destroyStack = async (
  target: Target,
  args: readonly string[],
  print: Print,
  observer?: DestroyObserver,
): Promise<number> => {
  const { checkout, stack } = target;
  if (isPaused(checkout, stack)) print(`stack ${stack} is stopped: destroy deletes it without a start`);
  // Read before the deletion, because afterwards nothing shows which containers and volumes belonged to the stack.
  const { state, clusters, holdings } = await inspectStack(target);
  observer?.begin(state);
  const held = holdings && saveRecord(checkout, stack, holdings);
  const partial = isPartial(args);
  const whole = partial ? undefined : holdings;
  const planned = whole && (await withPlannedManagement(clusters, target, whole.networks));
  const [removal, shared = []] = await Promise.all([
    planned && removeClusterContainers(planned, print),
    whole && findShared(whole),
  ]);
  const variables = { ...target.variables, ...removal?.environment };
  const except = excludeShared(state, shared);
  const [code] = await Promise.all([
    observedRun({ ...target, variables }, ["destroy", "--yes", "--skip-preview", ...except, ...args], (event) =>
      observer?.observe(event),
    ),
    removal?.removed,
  ]);
  if (code !== 0) {
    print("\ndestroy did not finish; run it again");
    for (const { name, users } of holdings ? await findShared(holdings) : [])
      print(`network ${name} is in use by containers outside of stack ${stack}: ${users.join(", ")}`);
    return code;
  }
  if (partial) return 0;
  removeKubeconfigs(checkout, stack);
  if (held) return reportRemaining(target, held, print, shared);
  print("Docker does not answer, so remaining objects cannot be listed");
  return 1;
};
