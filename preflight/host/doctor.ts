import { readSettings } from "../../lib/settings/settings";
import { pins } from "../../lib/versions/pins";
import type { CheckResult, Requirements, HostCheck } from "./check";
import { checkContainerAddresses, checkImageStore } from "./dockerServer";
import type { HostFacts } from "./facts";
import * as machine from "./machine";
import * as networks from "./networks";
import { checkProxy } from "./proxy";
import * as software from "./software";

/** All checks, in the order of the table. */
const hostChecks: HostCheck[] = [
  software.checkNode,
  software.checkGo,
  software.checkDocker,
  software.checkSocket,
  checkContainerAddresses,
  checkImageStore,
  machine.checkCgroup,
  machine.checkKernel,
  machine.checkInotify,
  machine.checkOpenFiles,
  machine.checkMemory,
  machine.checkOwnMemory,
  machine.checkDisk,
  machine.checkDockerDisk,
  software.checkTools,
  networks.checkRoutes,
  networks.checkClusterNetworks,
  networks.checkPublicNetworks,
  checkProxy,
  software.checkContainers,
  software.checkContainerNames,
];

/**
 * Checks a host and returns the results of the checks that apply to it.
 *
 * @param requirements default: those of the stack dev
 */
export const checkHost = (facts: HostFacts, requirements: Partial<Requirements> = {}): CheckResult[] => {
  const all: Requirements = {
    pins,
    subnet: readSettings({ config: {}, pins }).network.subnet,
    clusterNetworks: [],
    ownClusters: [],
    wantedClusters: [],
    kubernetes: [pins[facts.route].kubernetes],
    nodes: 2,
    simulatedNodes: 0,
    loadsImages: true,
    ...requirements,
  };
  return hostChecks.map((check) => check(facts, all)).filter((result) => result !== undefined);
};

/** Formats the table as lines of text. */
export const formatChecks = (checks: CheckResult[]): string[] => {
  const width = Math.max(...checks.map(({ name }) => name.length));
  return checks.flatMap(({ name, status, detail, remedy }) => [
    `${status.padEnd(4)}  ${name.padEnd(width)}  ${detail}`,
    ...(remedy ? [`${" ".repeat(width + 8)}-> ${remedy}`] : []),
  ]);
};
