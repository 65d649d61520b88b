import type { NameServer } from "./nameServer";
import type { Newcomer } from "./newcomer";
import type { OwnDocker } from "../ownDocker";
import type { Registries } from "./registries";
import type { RunningRegistry } from "./registryProgram";
import type { Mirror } from "./server";

/** Everything of the run on one machine, which its steps look at. */
export interface ReleaseWorld {
  mirror: Mirror;
  /** Paths of what the mirror serves, by official address. */
  files: ReadonlyMap<string, string>;
  registries: Registries;
  registry: RunningRegistry;
  names: NameServer;
  docker: OwnDocker;
  newcomer: Newcomer;
  /** The digest that the registry gives the node image. */
  nodeImageDigest: string;
  /** Repositories whose first question meets a rate limit. */
  limited: readonly string[];
  /** Processes of the namespaces before anything was started. */
  ownProcesses: readonly number[];
}

/** What the outer program hands to the one in the namespaces. */
export interface Handover {
  registryProgram: string;
  nodeImageDigest: string;
}
