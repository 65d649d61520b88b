import { cacheRoot } from "../setup/cacheFolder";
import { existsSync } from "node:fs";
import { gatherFacts } from "../setup/host";
import { recall } from "../setup/holdingsRecord";
import type { ExistingNetwork } from "./dockerHost";
import { type HostVerdict, judgeForStack } from "./hostRules";
import { kubeconfigFile } from "./paths";
import type { Settings } from "./settingsTree";

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
