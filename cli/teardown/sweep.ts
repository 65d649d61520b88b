import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { clusterLabel, ownerLabel, ownerOf } from "../../lib/base/labels";
import { deleteRecord, loadRecord } from "../../preflight/resourceRecord";
import { requirementsOf } from "../../preflight/host/requirements";
import { readStackFile } from "../../preflight/stackFile";
import { docker, type Docker, listContainers, listNetworks } from "../../system/docker";
import { kubeconfigFolder, removeKubeconfigs } from "../actions/report";
import { forgetMerged } from "../kubeconfig/merge";
import { deletePause, isPaused } from "../pause/record";
import { removeHelpers } from "../recovery/interrupted";
import { forgetRuns, forgetTakeOver, unfinishedRuns } from "../recovery/runRecord";
import type { Print } from "../toolchain/build/progress";
import { isEmptyPlan, planSweep, type Proof, type SeenContainer, type SweepPlan, sweepText } from "./sweepPlan";

/** A stack without a state. */
export interface OrphanedStack {
  checkout: string;
  stack: string;
}

const inspectContainers = async (networks: readonly string[], runDocker: Docker): Promise<SeenContainer[]> => {
  const filters = [`label=${clusterLabel}`, `label=${ownerLabel}`, ...networks.map((name) => `network=${name}`)];
  const containers = new Map<string, SeenContainer>();
  for (const filter of filters) {
    for (const container of await listContainers(runDocker, filter)) containers.set(container.id, container);
  }
  return [...containers.values()].sort((a, b) => a.name.localeCompare(b.name));
};

const proofOf = ({ checkout, stack }: OrphanedStack): Proof => {
  const { settings } = readStackFile(checkout, stack);
  const { clusters, ids = [], volumes } = loadRecord(checkout, stack);
  return {
    owner: ownerOf(stack),
    named: settings ? requirementsOf(settings).wantedClusters : [],
    recorded: { clusters, ids, volumes },
  };
};

const planOf = async (target: OrphanedStack, runDocker: Docker): Promise<SweepPlan> => {
  const { checkout, stack } = target;
  const networks = await listNetworks(runDocker);
  const labelled = networks.filter(({ owner }) => owner === ownerOf(stack)).map(({ name }) => name);
  const folder = join(checkout, kubeconfigFolder(stack));
  return planSweep(
    {
      containers: await inspectContainers(labelled, runDocker),
      networks,
      volumes: await runDocker("volume", "ls", "--quiet"),
      files: existsSync(folder) ? readdirSync(folder).map((name) => join(kubeconfigFolder(stack), name)) : [],
    },
    proofOf(target),
  );
};

const remove = async ({ checkout, stack }: OrphanedStack, plan: SweepPlan, runDocker: Docker): Promise<void> => {
  // By id, because another container may have the same name by now.
  if (plan.containers.length > 0) await runDocker("rm", "--force", "--volumes", ...plan.containers.map(({ id }) => id));
  const volumes = (await runDocker("volume", "ls", "--quiet")).filter((name) => plan.volumes.includes(name));
  if (volumes.length > 0) await runDocker("volume", "rm", ...volumes);
  for (const { name } of plan.networks) await runDocker("network", "rm", name);
  removeKubeconfigs(checkout, stack);
};

/** Asks the user for confirmation. Without a terminal it returns false. */
const confirm = async (): Promise<boolean> => {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question("remove these? [y/N] ");
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
};

/**
 * Removes a stack whose state is lost from Docker and the checkout. It lists the objects and asks first, unless `confirmed`.
 * Returns the exit code.
 */
export const removeOrphanedStack = async (
  target: OrphanedStack,
  confirmed: boolean,
  print: Print,
  runDocker: Docker = docker,
): Promise<number> => {
  const { checkout, stack } = target;
  await removeHelpers(print, runDocker);
  const plan = await planOf(target, runDocker);
  if (!isEmptyPlan(plan)) print(`objects of stack ${stack}, which has no state:`);
  for (const line of sweepText(plan)) print(line);
  if (isPaused(checkout, stack)) print(`stack ${stack} is stopped: sweep removes its stopped containers too`);
  const { clusters } = loadRecord(checkout, stack);
  if (plan.containers.length > 0 && clusters.length === 0) {
    print(
      `this checkout has no record of stack ${stack}: a stack of another checkout with the same name would look the same`,
    );
  }
  if (!isEmptyPlan(plan)) {
    if (!confirmed && !(await confirm())) {
      print("nothing was removed; make sweep ARGS=--yes removes the listed objects");
      return 1;
    }
    await remove(target, plan, runDocker);
    const left = await planOf(target, runDocker);
    if (!isEmptyPlan(left)) {
      print("remaining:");
      for (const line of sweepText(left)) print(line);
      return 1;
    }
  }
  deleteRecord(checkout, stack);
  deletePause(checkout, stack);
  forgetTakeOver(checkout, stack);
  forgetRuns(Object.keys(unfinishedRuns(checkout, stack)));
  await forgetMerged({ checkout, stack }, print);
  print(`nothing left of stack ${stack}`);
  return 0;
};
