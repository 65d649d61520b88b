import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isStateFile, localBackend } from "./environment";
import { findHoldings, findLeftovers, forget, type Holdings, recall, record, strangersOn } from "./leftovers";
import type { Print } from "./progress";
import { runPulumi, type Outputs, type Target } from "./pulumi";
import { removeKubeconfigs } from "./report";
import { clustersIn, exportState } from "./state";
import { takeContainers } from "./takeContainers";

/** Names of all clusters in a stack's outputs. */
export const clustersOf = (outputs: Outputs | undefined): string[] =>
  [outputs?.managementCluster ?? [], ...(outputs?.clusters ?? []).map(({ name }) => name)].flat();

/** Whether our own local backend never had the stack: then there is no need for tools to take nothing down. */
export const neverUp = (checkout: string, stack: string, backend: string): boolean => {
  if (backend !== localBackend(checkout)) return false;
  const folder = join(checkout, ".slipway", ".pulumi", "stacks", "slipway");
  if (!existsSync(folder)) return true;
  return !readdirSync(folder).some((file) => isStateFile(file) && file.split(".json")[0] === stack);
};

/** Says what Docker still has of a stack; the exit code for it. */
const sayLeftovers = async (checkout: string, stack: string, held: Holdings, print: Print): Promise<number> => {
  const leftovers = await findLeftovers(stack, held);
  if (leftovers.length === 0) {
    forget(checkout, stack);
    print(`nothing left: Docker has no container, volume or network of stack ${stack}`);
    return 0;
  }
  print("left in Docker:");
  for (const line of leftovers) print(`  ${line}`);
  return 1;
};

const find = (stack: string, listed: string[]): Promise<Holdings | undefined> =>
  findHoldings(stack, listed).catch(() => undefined); // Docker does not answer

/** The destroy of a stack that has no state. */
export const sayNeverUp = async (checkout: string, stack: string, print: Print): Promise<number> => {
  print(`stack ${stack} was never up from this checkout`);
  const held = await find(stack, []);
  return held ? sayLeftovers(checkout, stack, held, print) : 0;
};

/** Whether the user asked for less than the whole destroy. */
const isPartial = (args: string[]): boolean =>
  args.some((arg) => /^(-t|--target.*|--exclude.*|--preview-only.*)$/.test(arg));

/** Takes the stack down and looks whether Docker still holds anything of it. */
export const takeDown = async (target: Target, args: string[], print: Print): Promise<number> => {
  const { checkout, stack } = target;
  // Before anything goes: afterwards nothing tells which containers and volumes were the stack's.
  const clusters = clustersIn((await exportState(target)) ?? { deployment: {} });
  const names = [clusters.management?.name ?? [], clusters.workload].flat();
  const found = await find(stack, [...names, ...recall(checkout, stack).clusters]);
  const held = found && record(checkout, stack, found);
  const partial = isPartial(args);
  const alone = found && !partial ? await takeContainers(clusters, print) : {};
  const variables = { ...target.variables, ...alone };
  const code = await runPulumi({ ...target, variables }, ["destroy", "--yes", "--skip-preview", ...args]);
  if (code !== 0) {
    print("\ndestroy did not finish; it can be called again");
    for (const network of found?.networks ?? []) {
      const strangers = await strangersOn(network, found?.containers ?? []).catch(() => []);
      if (strangers.length > 0)
        print(`network ${network} is in use by what is not of stack ${stack}: ${strangers.join(", ")}`);
    }
    return code;
  }
  if (partial) return 0;
  removeKubeconfigs(checkout, stack);
  if (held) return sayLeftovers(checkout, stack, held, print);
  print("Docker does not answer: whether something is left cannot be told");
  return 1;
};
