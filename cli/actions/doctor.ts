import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Route } from "../../lib/versions/pins";
import { bad, type Check } from "../../preflight/host/check";
import { judgeHost } from "../../preflight/host/doctor";
import { gatherFacts } from "../../preflight/host/facts";
import { checkHosts, hostsOfSettings } from "../../preflight/host/hosts";
import { demandsOf } from "../../preflight/host/requirements";
import { readStackFile, defaultStack, stackFile } from "../../preflight/stackFile";
import { cacheRoot } from "../../system/cacheFolder";
import { readOutputs, type Target } from "../pulumi/run";
import { clustersOf } from "../teardown/destroy";
import { hostsOfRoute } from "../toolchain/hosts";

/** Looks at the machine and at the stack's settings; also where there are neither tools nor a stack to ask. */
export const examine = async (checkout: string, route: Route, open: () => Target): Promise<Check[]> => {
  const stack = process.env.STACK || defaultStack[route];
  const canAsk = existsSync(join(checkout, ".tools", "bin", "pulumi")) && existsSync(stackFile(checkout, stack));
  const [facts, outputs] = await Promise.all([
    gatherFacts(checkout, route, cacheRoot()),
    canAsk ? readOutputs(open()) : undefined,
  ]);
  const { settings, problems } = readStackFile(checkout, stack, route);
  const demands = settings && demandsOf(settings);
  const owned = facts.kindOwner?.endsWith(`/${stack}`) ? (demands?.wantedClusters ?? []) : [];
  return [
    ...judgeHost(facts, { ...demands, ownClusters: [...clustersOf(outputs), ...owned] }),
    ...(problems === undefined ? [] : [bad("fail", "settings", problems, `correct Pulumi.${stack}.yaml`)]),
  ];
};

/** Asks the hosts that the route and the stack's settings need. It may take half a minute, so only the doctor asks. */
export const examineHosts = async (checkout: string, route: Route): Promise<Check[]> => {
  const { settings } = readStackFile(checkout, process.env.STACK || defaultStack[route], route);
  return checkHosts([...(await hostsOfRoute(route)), ...(settings === undefined ? [] : hostsOfSettings(settings))]);
};
