import { pins } from "../../lib/versions/pins";
import type { Check, Demands, Judge } from "./check";
import { checkContainerAddresses, checkImageStore } from "./dockerServer";
import type { HostFacts } from "./facts";
import * as machine from "./machine";
import * as software from "./software";

/** All checks, in the order of the table. */
const judges: Judge[] = [
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
  machine.checkDisk,
  software.checkTools,
  machine.checkRoutes,
  machine.checkClusterNetworks,
  software.checkLeftovers,
];

/** Judges a host for the stack of the dev settings, or for what is demanded; checks that do not apply to it are left out. */
export const judgeHost = (facts: HostFacts, demands: Partial<Demands> = {}): Check[] => {
  const whole: Demands = {
    pins,
    subnet: "172.18.0.0/16",
    clusterNetworks: [],
    ownClusters: [],
    wantedClusters: [],
    kubernetes: [pins[facts.route].kubernetes],
    nodes: 2,
    pretendedNodes: 0,
    loadsImages: true,
    ...demands,
  };
  return judges.map((judge) => judge(facts, whole)).filter((check) => check !== undefined);
};

/** The table as lines of text. */
export const formatChecks = (checks: Check[]): string[] => {
  const width = Math.max(...checks.map(({ name }) => name.length));
  return checks.flatMap(({ name, status, detail, remedy }) => [
    `${status.padEnd(4)}  ${name.padEnd(width)}  ${detail}`,
    ...(remedy ? [`${" ".repeat(width + 8)}-> ${remedy}`] : []),
  ]);
};
