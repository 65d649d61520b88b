import type { Cidr } from "../../lib/network/cidr";
import type { NeededName } from "../../lib/settings/containerNames";
import type { Pins } from "../../lib/versions/pins";
import type { HostFacts } from "./facts";

/** Severity of a check's result: `fail` stops an `up`, `warn` may lead to a failure. */
export type Status = "ok" | "warn" | "fail";

/** One line of the doctor's table. */
export interface CheckResult {
  name: string;
  status: Status;
  detail: string;
  /** Instruction for the user; absent if the status is ok. */
  remedy?: string;
}

/** Requirements of the settings and pins.json for the host. */
export interface Requirements {
  pins: Pins;
  /** Subnet of the Docker network `kind`. */
  subnet: Cidr;
  /** Why the stack takes or adopts this subnet on its first `up`, in words; absent if the settings or the state decide. */
  subnetNotice?: string;
  /** IPv6 subnet of the Docker network `kind`; absent for an IPv4-only network. */
  subnetIPv6?: Cidr;
  /** True if the stack uses a network that it did not create. */
  adopt?: boolean;
  /** Networks of pods and services in clusters whose nodes are containers. */
  clusterNetworks: Cidr[];
  /** Clusters of the running stack. Other containers of kind remain from earlier runs or belong to other users. */
  ownClusters: string[];
  /** Names of containers that the stack needs. */
  neededNames?: readonly NeededName[];
  /** Value of the owner label of the stack's Docker resources. */
  owner?: string;
  /** Names of the clusters in the settings, including the management cluster. */
  wantedClusters: string[];
  /** Kubernetes versions of the nodes that are containers. */
  kubernetes: string[];
  /** Number of workload cluster nodes that are containers. */
  nodes: number;
  /** Number of workload cluster nodes that Cluster API's in-memory provider simulates. */
  simulatedNodes: number;
  /** Machines that a rollout creates in addition, at most; default: 0. */
  rollingNodes?: number;
  /** Whether images of the host's Docker are loaded into nodes. */
  loadsImages: boolean;
  /** Whether nodes pull images from registries; default: false. */
  nodesPull?: boolean;
}

/** Checks one property of the host; returns undefined if the check does not apply to the host. */
export type HostCheck = (facts: HostFacts, requirements: Requirements) => CheckResult | undefined;

/** Returns a result with the status ok. */
export const ok = (name: string, detail: string): CheckResult => ({ name, status: "ok", detail });

/** Returns a warning or a failure with its remedy. */
export const finding = (status: "warn" | "fail", name: string, detail: string, remedy: string): CheckResult => ({
  name,
  status,
  detail,
  remedy,
});

/** Formats bytes as gigabytes. */
export const gb = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
