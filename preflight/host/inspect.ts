import { existsSync } from "node:fs";
import { kubeconfigFile } from "../../lib/base/paths";
import type { Settings } from "../../lib/settings/types";
import { cacheRoot } from "../../system/cacheFolder";
import { toolsRoot } from "../../system/checkout";
import type { ExistingNetwork } from "../../system/docker";
import { loadRecord } from "../resourceRecord";
import type { CheckResult } from "./check";
import { checkHost } from "./doctor";
import { type HostFacts, gatherFacts } from "./facts";
import { requirementsOf } from "./requirements";

/** Problems of the host for a stack's settings. */
export interface HostReport {
  /** Whether Docker answers. Without an answer the other Docker checks are skipped. */
  readonly answers: boolean;
  /** Results that stop an `up`, as texts with their remedies. */
  readonly problems: readonly string[];
  /** Results that may lead to a failed `up`. */
  readonly warnings: readonly string[];
}

/** The checks of `make doctor` that matter to an `up`. Tools and compilers are installed before the program runs. */
const relevant = [
  "docker",
  "docker.sock",
  "container addresses",
  "image store",
  "cgroup",
  "inotify",
  "memory",
  "own memory",
  "disk",
  "docker disk",
  "routes",
  "cluster networks",
  "public networks",
  "proxy",
  "containers",
  "container names",
];

/**
 * Checks the host for a stack with the doctor's checks.
 *
 * @param owner value of the owner label of the stack's Docker resources
 * @param known clusters with a kubeconfig or a record in this checkout. These names identify the stack's clusters on an
 * adopted network, which has no owner label.
 */
export const checkHostForStack = (
  facts: HostFacts,
  settings: Settings,
  owner: string,
  known: readonly string[],
): HostReport => {
  const requirements = requirementsOf(settings);
  const { adopt } = settings.network;
  const ownClusters = adopt ? [...known] : facts.kindOwner === owner ? requirements.wantedClusters : [];
  const shared = facts.kindOwner !== undefined && facts.kindOwner !== owner;
  const running = facts.containers.some(({ cluster }) => ownClusters.includes(cluster));
  const results = checkHost(facts, { ...requirements, ownClusters, owner }).filter(({ name }) =>
    relevant.includes(name),
  );
  const rated = results.map((result) => ({ result, severity: severityOf(result, { adopt, shared, running }) }));
  const lines = (wanted: "warn" | "fail"): string[] =>
    rated.flatMap(({ result: { name, detail, remedy }, severity }) =>
      severity === wanted ? [`${name}: ${detail}; ${remedy}`] : [],
    );
  return { answers: facts.docker.server !== undefined, problems: lines("fail"), warnings: lines("warn") };
};

const severityOf = (
  { name, status }: CheckResult,
  { adopt, shared, running }: { adopt: boolean; shared: boolean; running: boolean },
): CheckResult["status"] => {
  switch (name) {
    case "docker": // an up needs Docker; only make doctor runs before Docker is installed
      return status === "ok" ? "ok" : "fail";
    case "containers":
      // Clusters with other names may stay. The owner of a cluster on an adopted network is unknown, so a conflict of names
      // is a warning there. On another stack's network the cluster belongs to that stack, so the conflict is a failure.
      return status === "warn" ? "ok" : status === "fail" && adopt && !shared ? "warn" : status;
    case "memory":
    case "disk":
    case "docker disk":
      // A running stack already uses its memory and disk space, so low free space must not stop a change.
      return status === "fail" && running ? "warn" : status;
    default:
      return status;
  }
};

/** The report on the host, and the Docker network. */
export interface HostInspection extends HostReport {
  /** The Docker network kind; absent if the network does not exist. */
  readonly network?: ExistingNetwork | undefined;
  /** Name of Docker's machine; present only if it is not this machine. */
  readonly machine?: string;
}

/**
 * Reads the host's facts and checks them for a stack.
 *
 * @param owner value of the owner label of the stack's Docker resources
 */
export const inspectHost = async (settings: Settings, owner: string): Promise<HostInspection> => {
  const facts = await gatherFacts(toolsRoot(), settings.pins, cacheRoot(), { tools: false });
  const names = [settings.management.name, ...settings.clusters.map(({ name }) => name)];
  const stack = owner.split("/").at(-1) ?? "";
  const { clusters: recorded } = loadRecord(process.cwd(), stack);
  const known = names.filter((name) => recorded.includes(name) || existsSync(kubeconfigFile(stack, name)));
  const { kindSubnets: subnets, kindOwner = "" } = facts;
  return {
    ...checkHostForStack(facts, settings, owner, known),
    ...(subnets ? { network: { owner: kindOwner, subnets } } : {}),
    ...(facts.docker.machine === undefined ? {} : { machine: facts.docker.machine }),
  };
};
