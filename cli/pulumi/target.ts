import type { Route } from "../../lib/versions/pins";
import { readStackFile, readStackFileConfig } from "../../preflight/stackFile";
import { root } from "../../system/checkout";
import { print, printAside } from "../commandLine/output";
import { takeProxy } from "../commandLine/proxy";
import { renewPublishedPorts } from "../kubeconfig/publishedPorts";
import { endInterrupted, repairState } from "../recovery/interrupted";
import { reportKilledRuns } from "../report/killedRuns";
import { ensureTools } from "../toolchain";
import { pulumiEnvironment, requirePassphraseFile, writeEnvironmentScript } from "./environment";
import { removeStaleLocks, repairStateFiles } from "./fileBackend";
import { selectStack, type Target } from "./run";
import { chooseStack } from "./stack";
import type { StateRepair } from "./state";

export { print, printAside };

/**
 * Returns the stack of a route, with the backend and the variables for Pulumi. Prints stack and backend, and writes
 * .slipway/env.sh and the reports of killed runs.
 *
 * @throws Error if Pulumi cannot read the passphrase file
 */
export const openTarget = (route: Route, log = print): Target => {
  const { stack, reason } = chooseStack(root, route);
  takeProxy(process.env, () => readStackFile(root, stack, route).settings);
  const environment = pulumiEnvironment(root);
  requirePassphraseFile(root, environment);
  writeEnvironmentScript(root, environment);
  log(`stack: ${stack} (${reason})`);
  log(`state: ${environment.backend} (${environment.reason})`);
  const target = { checkout: root, stack, backend: environment.backend, variables: environment.variables };
  reportKilledRuns(target, log);
  return target;
};

/**
 * Prepares tools, environment and stack for Pulumi.
 *
 * @param repair repairs the state after an interrupted run; default: no repair, for commands that change nothing
 */
export const prepareTarget = async (repair?: StateRepair, log = print): Promise<{ route: Route; target: Target }> => {
  // A wrong stack file must fail before the tools are built.
  const check = (chosen: Route): void => void readStackFileConfig(root, chooseStack(root, chosen).stack);
  const route = await ensureTools({ checkout: root, print: log, check });
  const target = openTarget(route, log);
  const interrupted = repair !== undefined && (await endInterrupted(target, log));
  removeStaleLocks(target.backend, target.stack, log);
  repairStateFiles(target.backend, target.stack, log);
  await Promise.all([selectStack(target), renewPublishedPorts(target)]);
  // Only after an interrupted run, because the export of the state takes a second.
  if (interrupted) await repairState(target, log, repair);
  return { route, target };
};
