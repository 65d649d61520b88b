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
import { removeHelpers } from "../recovery/interrupted";
import { forgetRuns, forgetTakeOver, unfinishedRuns } from "../recovery/runRecord";
import type { Print } from "../toolchain/build/progress";
import { isSwept, planSweep, type Proof, type SeenContainer, type SweepPlan, sweepText } from "./sweepPlan";

/** A stack without a state. */
export interface Lost {
  checkout: string;
  stack: string;
}

const lookAtContainers = async (networks: readonly string[], ask: Docker): Promise<SeenContainer[]> => {
  const filters = [`label=${clusterLabel}`, `label=${ownerLabel}`, ...networks.map((name) => `network=${name}`)];
  const found = new Map<string, SeenContainer>();
  for (const filter of filters) {
    for (const container of await listContainers(ask, filter)) found.set(container.id, container);
  }
  return [...found.values()].sort((one, other) => one.name.localeCompare(other.name));
};

const proofOf = ({ checkout, stack }: Lost): Proof => {
  const { settings } = readStackFile(checkout, stack);
  const { clusters, ids = [], volumes } = loadRecord(checkout, stack);
  return {
    owner: ownerOf(stack),
    named: settings ? requirementsOf(settings).wantedClusters : [],
    recorded: { clusters, ids, volumes },
  };
};

const planOf = async (lost: Lost, ask: Docker): Promise<SweepPlan> => {
  const { checkout, stack } = lost;
  const networks = await listNetworks(ask);
  const own = networks.filter(({ owner }) => owner === ownerOf(stack)).map(({ name }) => name);
  const folder = join(checkout, kubeconfigFolder(stack));
  return planSweep(
    {
      containers: await lookAtContainers(own, ask),
      networks,
      volumes: await ask("volume", "ls", "--quiet"),
      files: existsSync(folder) ? readdirSync(folder).map((name) => join(kubeconfigFolder(stack), name)) : [],
    },
    proofOf(lost),
  );
};

const remove = async ({ checkout, stack }: Lost, plan: SweepPlan, ask: Docker): Promise<void> => {
  // By id: a container that took one's name meanwhile is another one.
  if (plan.containers.length > 0) await ask("rm", "--force", "--volumes", ...plan.containers.map(({ id }) => id));
  const volumes = (await ask("volume", "ls", "--quiet")).filter((name) => plan.volumes.includes(name));
  if (volumes.length > 0) await ask("volume", "rm", ...volumes);
  for (const { name } of plan.networks) await ask("network", "rm", name);
  removeKubeconfigs(checkout, stack);
};

/** Asks on the terminal; without one the answer is no. */
const agrees = async (): Promise<boolean> => {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question("remove these? [y/N] ");
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
};

/**
 * Takes away what Docker and the checkout have of a stack whose state is lost: lists it first, then asks, unless `sure`.
 * Gives the exit code.
 */
export const sweepLost = async (lost: Lost, sure: boolean, print: Print, ask: Docker = docker): Promise<number> => {
  const { checkout, stack } = lost;
  await removeHelpers(print, ask);
  const plan = await planOf(lost, ask);
  if (!isSwept(plan)) print(`of stack ${stack}, which has no state, there is:`);
  for (const line of sweepText(plan)) print(line);
  const { clusters } = loadRecord(checkout, stack);
  if (plan.containers.length > 0 && clusters.length === 0) {
    print(`this checkout has no record of stack ${stack}: another checkout's stack of that name would look the same`);
  }
  if (!isSwept(plan)) {
    if (!sure && !(await agrees())) {
      print("nothing was removed; make sweep ARGS=--yes removes what is listed");
      return 1;
    }
    await remove(lost, plan, ask);
    const left = await planOf(lost, ask);
    if (!isSwept(left)) {
      print("left:");
      for (const line of sweepText(left)) print(line);
      return 1;
    }
  }
  deleteRecord(checkout, stack);
  forgetTakeOver(checkout, stack);
  forgetRuns(Object.keys(unfinishedRuns(checkout, stack)));
  await forgetMerged({ checkout, stack }, print);
  print(`nothing left of stack ${stack}`);
  return 0;
};
