import { deleteRecord, loadRecord, saveRecord } from "../../preflight/resourceRecord";
import {
  findDockerResources,
  findRemaining,
  type DockerResources,
  foreignContainersOn,
} from "../../system/dockerResources";
import { removeKubeconfigs } from "../actions/report";
import { forgetMerged } from "../kubeconfig/merge";
import { localBackend } from "../pulumi/environment";
import { hasState } from "../pulumi/fileBackend";
import { runPulumi, type Outputs, type Target } from "../pulumi/run";
import { clustersIn, type ExportedState, exportState, type StateClusters } from "../pulumi/state";
import type { Print } from "../toolchain/build/progress";
import { withClaimed } from "./claims";
import { takeContainers } from "./containers";

const networkType = "docker:index/network:Network";

/** Names of all clusters in a stack's outputs. */
export const clustersOf = (outputs: Outputs | undefined): string[] =>
  [outputs?.managementCluster ?? [], ...(outputs?.clusters ?? []).map(({ name }) => name)].flat();

/** Whether our own local backend never had the stack: then there is no need for tools to take nothing down. */
export const neverUp = (checkout: string, stack: string, backend: string): boolean =>
  backend === localBackend(checkout) && !hasState(backend, stack);

/**
 * Says what Docker still has of a stack; the exit code for it.
 *
 * @param staying networks of it that others use
 */
const sayLeftovers = async (
  { checkout, stack }: Pick<Target, "checkout" | "stack">,
  held: DockerResources,
  print: Print,
  staying: readonly SharedNetwork[] = [],
): Promise<number> => {
  const leftovers = await findRemaining(
    stack,
    held,
    staying.map(({ name }) => name),
  );
  if (leftovers.length === 0) {
    deleteRecord(checkout, stack);
    await forgetMerged({ checkout, stack }, print);
    if (staying.length === 0) print(`nothing left: Docker has no container, volume or network of stack ${stack}`);
    else print(`nothing else left: Docker has no container or volume of stack ${stack}`);
    for (const { name, users } of staying) {
      print(`network ${name} stays, since others use it: ${users.join(", ")}`);
      print("once they are gone, make destroy takes it away too");
    }
    return 0;
  }
  print("left in Docker:");
  for (const line of leftovers) print(`  ${line}`);
  return 1;
};

const find = (stack: string, listed: string[]): Promise<DockerResources | undefined> =>
  findDockerResources(stack, listed).catch(() => undefined); // Docker does not answer

/** The destroy of a stack that has no state. */
export const sayNeverUp = async (checkout: string, stack: string, print: Print): Promise<number> => {
  print(`stack ${stack} was never up from this checkout`);
  const held = await find(stack, []);
  return held ? sayLeftovers({ checkout, stack }, held, print) : 0;
};

/** Whether the user asked for less than the whole destroy. */
const isPartial = (args: readonly string[]): boolean =>
  args.some((arg) => /^(-[tx]|--target|--exclude|--preview-only)/.test(arg));

/** A network of the stack that containers of others are on: Docker removes none that is in use. */
interface SharedNetwork {
  name: string;
  users: string[];
}

const findShared = async ({ networks, containers }: DockerResources): Promise<SharedNetwork[]> => {
  const found = await Promise.all(
    networks.map(async (name) => ({
      name,
      users: await foreignContainersOn(name, containers).catch(() => []),
    })),
  );
  return found.filter(({ users }) => users.length > 0);
};

/** Has Pulumi leave those networks, which then stay in the state. */
const exceptShared = ({ deployment }: ExportedState, shared: readonly SharedNetwork[]): string[] =>
  (deployment.resources ?? [])
    .filter(({ type, inputs }) => type === networkType && shared.some(({ name }) => name === inputs?.name))
    .flatMap(({ urn }) => ["--exclude", urn]);

/** The state, its clusters, and what Docker holds of those and of the recorded ones; undefined where it does not answer. */
const survey = async (
  target: Target,
): Promise<{ state: ExportedState; clusters: StateClusters; found: DockerResources | undefined }> => {
  const { checkout, stack } = target;
  const { clusters: recorded } = loadRecord(checkout, stack);
  // Side by side: an up records the clusters that it makes of containers. Any others cost a second look.
  const [state = { deployment: {} }, found] = await Promise.all([exportState(target), find(stack, recorded)]);
  const clusters = clustersIn(state);
  const names = [clusters.management?.name ?? [], clusters.workload].flat();
  const isComplete = names.every((name) => recorded.includes(name));
  return { state, clusters, found: isComplete ? found : await find(stack, [...names, ...recorded]) };
};

/** Takes the stack down and looks whether Docker still holds anything of it. */
export const takeDown = async (target: Target, args: readonly string[], print: Print): Promise<number> => {
  const { checkout, stack } = target;
  // Before anything goes: afterwards nothing tells which containers and volumes were the stack's.
  const { state, clusters, found } = await survey(target);
  const held = found && saveRecord(checkout, stack, found);
  const partial = isPartial(args);
  const whole = partial ? undefined : found;
  const claimed = whole && (await withClaimed(clusters, target, whole.networks));
  const [taking, shared = []] = await Promise.all([
    claimed && takeContainers(claimed, print),
    whole && findShared(whole),
  ]);
  const variables = { ...target.variables, ...taking?.environment };
  const except = exceptShared(state, shared);
  const [code] = await Promise.all([
    runPulumi({ ...target, variables }, ["destroy", "--yes", "--skip-preview", ...except, ...args]),
    taking?.removed,
  ]);
  if (code !== 0) {
    print("\ndestroy did not finish; it can be called again");
    for (const { name, users } of found ? await findShared(found) : [])
      print(`network ${name} is in use by what is not of stack ${stack}: ${users.join(", ")}`);
    return code;
  }
  if (partial) return 0;
  removeKubeconfigs(checkout, stack);
  if (held) return sayLeftovers(target, held, print, shared);
  print("Docker does not answer: whether something is left cannot be told");
  return 1;
};
