/** End of a resource's operation; `unfinished` if the run ended before the operation did. */
export type OperationResult = "done" | "failed" | "unfinished";

/** A resource of the stack, and what the run did to the resource. */
export interface ReportResource {
  /** Name in Pulumi. */
  name: string;
  /** Type in Pulumi. */
  type: string;
  /** Part of the stack: `network`, `management cluster`, `providers`, `cluster NAME`, and so on. */
  part: string;
  /** Index of the component around the resource; null for the stack. */
  parent: number | null;
  /** Indexes of the resources that must exist before this resource. */
  needs: number[];
  /** Pulumi's operation, such as `create`; null if the run did not reach the resource. */
  operation: string | null;
  result: OperationResult | null;
  /** Seconds from the start of the run to the start of the operation; null for an operation that takes no time. */
  start: number | null;
  /** Seconds from the start of the run to the end of the operation; null if the operation did not end. */
  end: number | null;
}

/** Planned and done operations of one part of the stack. */
export interface PlannedOperations {
  part: string;
  operation: string;
  /** Operations that the engine started, and resources of the state that the run did not reach. */
  planned: number;
  done: number;
  failed: number;
  unfinished: number;
  /** Resources of the state that the run did not reach. */
  notReached: number;
}

/** A condition of an object. */
export interface ReportCondition {
  type: string;
  status: string;
  /** True if the condition's status is the desired status. */
  isGood: boolean;
  /** Time of the last change of the status in ISO 8601; null if the object does not have the time. */
  since: string | null;
  /** Reason and message of a condition that is not good; absent for a good condition. */
  message?: string;
}

/** An object of Cluster API, with the objects that belong to it. */
export interface ReportObject {
  kind: string;
  name: string;
  /** Time of the creation in ISO 8601; null if the object does not have the time. */
  createdAt: string | null;
  isReady: boolean;
  /** Phase, version, replicas and addresses in words; empty without any. */
  details: string;
  conditions: ReportCondition[];
  children: ReportObject[];
}

/** A Service of type LoadBalancer. */
export interface ReportService {
  namespace: string;
  name: string;
  addresses: string[];
  ports: string[];
}

/** A node of a cluster. */
export interface ReportNode {
  name: string;
  isReady: boolean;
  version: string;
  addresses: string[];
}

/** A cluster of the stack. */
export interface ReportCluster {
  name: string;
  /** Namespace of the Cluster object; null for the management cluster. */
  namespace: string | null;
  isManagement: boolean;
  /** True if every object is ready; null if the management cluster did not answer. */
  isReady: boolean | null;
  /** Addresses for load balancers. */
  loadBalancerRanges: string[];
  /** The Cluster object with its tree; empty for the management cluster, or if the management cluster did not answer. */
  objects: ReportObject[];
  /** Null if the cluster's API did not answer, or was not asked. */
  nodes: ReportNode[] | null;
  /** Null if the cluster's API did not answer, or was not asked. */
  services: ReportService[] | null;
}

/** A container of the stack. */
export interface ReportContainer {
  name: string;
  cluster: string;
  role: string;
  isRunning: boolean;
  addresses: string[];
  /** Ports that Docker publishes, as `127.0.0.1:32773 → 6443/tcp`. */
  ports: string[];
  image: string;
}

/** The Docker network of the stack. */
export interface ReportNetwork {
  name: string;
  subnets: string[];
  gateways: string[];
}

/** What stopped a run. */
export interface ReportFailure {
  /** Error of the first failed resource, and the state of the clusters that are not ready. */
  lines: string[];
  /** Commands and settings that help. */
  remedies: string[];
}

/** The report of a run, or of a stack. */
export interface Report {
  /** Version of this format. */
  version: 1;
  command: "up" | "destroy" | "report";
  stack: string;
  /** Checksum of the settings that matter for the duration. */
  settingsChecksum: string;
  /** Checksum of host name, processors and memory. */
  machine: string;
  succeeded: boolean;
  /** True if the run was killed, and a later command wrote this report. */
  interrupted: boolean;
  /** Duration of the run. */
  seconds: number;
  /** Start of the run in ISO 8601. */
  startedAt: string;
  createdManagementCluster: boolean;
  failure: ReportFailure | null;
  warnings: string[];
  /** Sources that did not answer, so that their part is missing. */
  missing: string[];
  operations: PlannedOperations[];
  /** Indexes of the resources that made the run as long as it was, in the order of the run. */
  criticalPath: number[];
  /** All resources in a stable order: parts, then each resource after its needs. */
  resources: ReportResource[];
  clusters: ReportCluster[];
  /** Null if Docker did not answer. */
  containers: ReportContainer[] | null;
  network: ReportNetwork | null;
  urls: { name: string; url: string }[];
  versions: { name: string; version: string }[];
  images: { image: string; digest: string }[];
}
