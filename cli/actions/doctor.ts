import { existsSync } from "node:fs";
import { join } from "node:path";
import { ownerOf } from "../../lib/base/labels";
import { networkInState } from "../../lib/network/stateNetwork";
import type { Route } from "../../lib/versions/pins";
import { finding, type CheckResult } from "../../preflight/host/check";
import { checkHost } from "../../preflight/host/doctor";
import { checkDockerRegistries } from "../../preflight/host/dockerRegistries";
import { gatherFacts } from "../../preflight/host/facts";
import { checkHosts, hostsOfSettings } from "../../preflight/host/hosts";
import { requirementsOf } from "../../preflight/host/requirements";
import type { Settings } from "../../lib/settings/types";
import { placeStackFile, stackFile, type StackFileReading, stackName } from "../../preflight/stackFile";
import { cacheRoot } from "../../system/cacheFolder";
import { measureReach } from "../../system/reach";
import { readOutputs, type Target } from "../pulumi/run";
import { exportState } from "../pulumi/state";
import { clustersOf } from "../teardown/destroy";
import { hostsOfRoute } from "../toolchain/hosts";

/** Returns true if Pulumi can answer questions about the stack: the tools are installed, and the stack has a file. */
const canAskPulumi = (checkout: string, stack: string): boolean =>
  existsSync(join(checkout, ".tools", "bin", "pulumi")) && existsSync(stackFile(checkout, stack));

/** Reads the settings of the stack, with the Docker network that the stack has or gets on this machine. */
export const readPlaced = (checkout: string, route: Route, open: () => Target): Promise<StackFileReading> => {
  const stack = stackName(route);
  return placeStackFile(checkout, stack, route, async () => {
    const state = canAskPulumi(checkout, stack) ? await exportState(open()) : undefined;
    return networkInState(state?.deployment.resources ?? []);
  });
};

/**
 * Checks the machine and the stack's settings. It works without tools and without a stack.
 *
 * @param reading content of the stack's settings file; default: it is read
 */
export const examine = async (
  checkout: string,
  route: Route,
  open: () => Target,
  reading = readPlaced(checkout, route, open),
): Promise<CheckResult[]> => {
  const stack = stackName(route);
  // Two questions to Pulumi at the same time would clean the same settings file.
  const outputsAfter = async () => (canAskPulumi(checkout, stack) ? readOutputs(open()) : undefined);
  const [gathered, { settings, notice, problems }, outputs, reach] = await Promise.all([
    gatherFacts(checkout, route, cacheRoot()),
    reading,
    reading.then(outputsAfter),
    reading.then(({ settings: read }) =>
      measureReach(read && { management: read.management.name, image: read.management.nodeImage || undefined }),
    ),
  ]);
  const facts = { ...gathered, reach };
  const demands = settings && requirementsOf(settings);
  const owned = facts.kindOwner?.endsWith(`/${stack}`) ? (demands?.wantedClusters ?? []) : [];
  const ownClusters = [...clustersOf(outputs), ...owned];
  const owner = ownerOf(stack);
  return [
    ...checkHost(facts, { ...demands, ...(notice === undefined ? {} : { subnetNotice: notice }), ownClusters, owner }),
    ...(problems === undefined ? [] : [finding("fail", "settings", problems, `correct Pulumi.${stack}.yaml`)]),
  ];
};

/**
 * Checks the hosts that the route and the stack's settings need, and asks Docker for images of the stack's registries. Only
 * make doctor does so: it may take half a minute.
 */
export const examineHosts = async (
  route: Route,
  settings: Settings | undefined,
  checkDocker = checkDockerRegistries,
): Promise<CheckResult[]> => {
  const hosts = checkHosts([
    ...(await hostsOfRoute(route)),
    ...(settings === undefined ? [] : hostsOfSettings(settings)),
  ]);
  return [...(await hosts), ...(settings === undefined ? [] : await checkDocker(settings))];
};
