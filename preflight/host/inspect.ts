import { existsSync } from "node:fs";
import { kubeconfigFile } from "../../lib/base/paths";
import type { Settings } from "../../lib/settings/types";
import { cacheRoot } from "../../system/cacheFolder";
import type { ExistingNetwork } from "../../system/docker";
import { recall } from "../holdings";
import type { Check } from "./check";
import { judgeHost } from "./doctor";
import { type HostFacts, gatherFacts } from "./facts";
import { demandsOf } from "./requirements";

/** What the host says to the settings: what will stop an `up`, and what may. */
export interface HostVerdict {
  /** Whether Docker answers, without which nothing else can be asked of it. */
  readonly answers: boolean;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** The checks of `make doctor` that concern an `up`; tools and compilers have been seen to when a program runs. */
const relevant = [
  "docker",
  "docker.sock",
  "container addresses",
  "image store",
  "cgroup",
  "inotify",
  "memory",
  "disk",
  "routes",
  "cluster networks",
  "leftovers",
];

/**
 * Judges the host for a stack, by the doctor's own checks.
 *
 * @param owner value of the owner label of what is this stack's in Docker
 * @param known clusters that this checkout has a kubeconfig of, or recorded as its own: on a network that is adopted, no label says whose a
 * cluster is
 */
export const judgeForStack = (
  facts: HostFacts,
  settings: Settings,
  owner: string,
  known: readonly string[],
): HostVerdict => {
  const demands = demandsOf(settings);
  const { adopt } = settings.network;
  const ownClusters = adopt ? [...known] : facts.kindOwner === owner ? demands.wantedClusters : [];
  const shared = facts.kindOwner !== undefined && facts.kindOwner !== owner;
  const running = facts.containers.some(({ cluster }) => ownClusters.includes(cluster));
  const judged = judgeHost(facts, { ...demands, ownClusters }).filter(({ name }) => relevant.includes(name));
  const verdicts = judged.map((check) => ({ check, severity: severityOf(check, { adopt, shared, running }) }));
  const lines = (wanted: "warn" | "fail"): string[] =>
    verdicts.flatMap(({ check: { name, detail, remedy }, severity }) =>
      severity === wanted ? [`${name}: ${detail}; ${remedy}`] : [],
    );
  return { answers: facts.docker.server !== undefined, problems: lines("fail"), warnings: lines("warn") };
};

const severityOf = (
  { name, status }: Check,
  { adopt, shared, running }: { adopt: boolean; shared: boolean; running: boolean },
): Check["status"] => {
  switch (name) {
    case "docker": // the doctor runs before Docker may be installed, a program after it
      return status === "ok" ? "ok" : "fail";
    case "leftovers":
      // Others' clusters may stay; and whose a cluster on an adopted network is, nobody can say for sure. On another
      // stack's network it is that one's, unless we know it as ours: two stacks with one cluster would end it twice.
      return status === "warn" ? "ok" : status === "fail" && adopt && !shared ? "warn" : status;
    case "memory":
    case "disk":
      // What runs has its memory and disk already; a change must not be refused for what is used by itself.
      return status === "fail" && running ? "warn" : status;
    default:
      return status;
  }
};

/** What the host is like, and what it says to the settings. */
export interface HostLook extends HostVerdict {
  /** The Docker network kind; absent where there is none. */
  readonly network?: ExistingNetwork | undefined;
}

/** Looks at the host for a stack; `owner` is the owner label's value of what is the stack's in Docker. */
export const lookAtHost = async (settings: Settings, owner: string): Promise<HostLook> => {
  const facts = await gatherFacts(process.cwd(), settings.pins, cacheRoot(), { tools: false });
  const names = [settings.management.name, ...settings.clusters.map(({ name }) => name)];
  const stack = owner.split("/").at(-1) ?? "";
  const { clusters: recorded } = recall(process.cwd(), stack);
  const known = names.filter((name) => recorded.includes(name) || existsSync(kubeconfigFile(stack, name)));
  const { kindSubnets: subnets, kindOwner = "" } = facts;
  return {
    ...judgeForStack(facts, settings, owner, known),
    ...(subnets ? { network: { owner: kindOwner, subnets } } : {}),
  };
};
