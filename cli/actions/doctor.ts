import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Route } from "../../lib/versions/pins";
import { bad, type Check } from "../../preflight/host/check";
import { judgeHost } from "../../preflight/host/doctor";
import { gatherFacts } from "../../preflight/host/facts";
import { demandsOf } from "../../preflight/host/requirements";
import { readStackFile, defaultStack, stackFile } from "../../preflight/stackFile";
import { cacheRoot } from "../../system/cacheFolder";
import { readOutputs, type Target } from "../pulumi/run";
import { clustersOf } from "../teardown/destroy";

/** Checks the machine and the stack's settings. It works without tools and without a stack. */
export const examine = async (checkout: string, route: Route, open: () => Target): Promise<Check[]> => {
  const stack = process.env.STACK || defaultStack[route];
  const canReadOutputs =
    existsSync(join(checkout, ".tools", "bin", "pulumi")) && existsSync(stackFile(checkout, stack));
  const [facts, outputs] = await Promise.all([
    gatherFacts(checkout, route, cacheRoot()),
    canReadOutputs ? readOutputs(open()) : undefined,
  ]);
  const { settings, problems } = readStackFile(checkout, stack, route);
  const demands = settings && demandsOf(settings);
  const owned = facts.kindOwner?.endsWith(`/${stack}`) ? (demands?.wantedClusters ?? []) : [];
  return [
    ...judgeHost(facts, { ...demands, ownClusters: [...clustersOf(outputs), ...owned] }),
    ...(problems === undefined ? [] : [bad("fail", "settings", problems, `correct Pulumi.${stack}.yaml`)]),
  ];
};
