import type { Pins } from "../../lib/versions/pins";
import type { HostFacts } from "./facts";

/** How bad a finding is: `fail` will stop an `up`, `warn` may. */
export type Status = "ok" | "warn" | "fail";

/** One line of the doctor's table. */
export interface Check {
  name: string;
  status: Status;
  detail: string;
  /** What to do about it; only where it is not ok. */
  remedy?: string;
}

/** What the facts are measured against. */
export interface Demands {
  pins: Pins;
  /** Subnet of the Docker network `kind`. */
  subnet: string;
  /** Networks of pods and services in clusters whose nodes are containers. */
  clusterNetworks: string[];
  /** Clusters of the stack that is up; other containers of kind are left over, or someone else's. */
  ownClusters: string[];
  /** Names of the clusters that the settings ask for, the management cluster's included. */
  wantedClusters: string[];
  /** Kubernetes versions of the nodes that are containers. */
  kubernetes: string[];
  /** Nodes of workload clusters that are containers, and those that Cluster API only pretends. */
  nodes: number;
  pretendedNodes: number;
  /** Whether images of the host's Docker are loaded into nodes. */
  loadsImages: boolean;
}

/** Looks at one thing; undefined where it does not apply to the host. */
export type Judge = (facts: HostFacts, demands: Demands) => Check | undefined;

/** A finding without complaint. */
export const ok = (name: string, detail: string): Check => ({ name, status: "ok", detail });

/** A finding with its remedy. */
export const bad = (status: "warn" | "fail", name: string, detail: string, remedy: string): Check => ({
  name,
  status,
  detail,
  remedy,
});

/** Bytes as gigabytes. */
export const gb = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
