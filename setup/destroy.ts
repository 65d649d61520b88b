import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isStateFile, localBackend } from "./environment";
import { findHoldings, findLeftovers, forget, record, type Holdings } from "./leftovers";
import type { Print } from "./progress";
import { readOutputs, runPulumi, type Outputs, type Target } from "./pulumi";
import { removeKubeconfigs } from "./report";

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
  const found = await find(stack, clustersOf(await readOutputs(target)));
  const held = found && record(checkout, stack, found);
  const code = await runPulumi(target, ["destroy", "--yes", "--skip-preview", ...args]);
  if (code !== 0) {
    print("\ndestroy did not finish; it can be called again. If the clusters are already gone from Docker:");
    print("  PULUMI_K8S_DELETE_UNREACHABLE=true make destroy");
    return code;
  }
  if (isPartial(args)) return 0;
  removeKubeconfigs(checkout, stack);
  if (held) return sayLeftovers(checkout, stack, held, print);
  print("Docker does not answer: whether something is left cannot be told");
  return 1;
};
