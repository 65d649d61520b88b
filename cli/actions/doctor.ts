import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Route } from "../../lib/versions/pins";
import { finding, type CheckResult } from "../../preflight/host/check";
import { checkHost } from "../../preflight/host/doctor";
import { gatherFacts } from "../../preflight/host/facts";
import { checkHosts, hostsOfSettings } from "../../preflight/host/hosts";
import { requirementsOf } from "../../preflight/host/requirements";
import type { Settings } from "../../lib/settings/types";
import { readStackFile, stackFile, stackName } from "../../preflight/stackFile";
import { cacheRoot } from "../../system/cacheFolder";
import { readOutputs, type Target } from "../pulumi/run";
import { clustersOf } from "../teardown/destroy";
import { hostsOfRoute } from "../toolchain/hosts";

/**
 * Checks the machine and the stack's settings. It works without tools and without a stack.
 *
 * @param file content of the stack's settings file; default: it is read
 */
export const examine = async (
  checkout: string,
  route: Route,
  open: () => Target,
  file = readStackFile(checkout, stackName(route), route),
): Promise<CheckResult[]> => {
  const stack = stackName(route);
  const canReadOutputs =
    existsSync(join(checkout, ".tools", "bin", "pulumi")) && existsSync(stackFile(checkout, stack));
  const [facts, outputs] = await Promise.all([
    gatherFacts(checkout, route, cacheRoot()),
    canReadOutputs ? readOutputs(open()) : undefined,
  ]);
  const { settings, problems } = file;
  const demands = settings && requirementsOf(settings);
  const owned = facts.kindOwner?.endsWith(`/${stack}`) ? (demands?.wantedClusters ?? []) : [];
  return [
    ...checkHost(facts, { ...demands, ownClusters: [...clustersOf(outputs), ...owned] }),
    ...(problems === undefined ? [] : [finding("fail", "settings", problems, `correct Pulumi.${stack}.yaml`)]),
  ];
};

/** Checks the hosts that the route and the stack's settings need. Only make doctor does so: it may take half a minute. */
export const examineHosts = async (route: Route, settings: Settings | undefined): Promise<CheckResult[]> =>
  checkHosts([...(await hostsOfRoute(route)), ...(settings === undefined ? [] : hostsOfSettings(settings))]);
