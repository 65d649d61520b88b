import type { ApiObject } from "./objects";

/** A container of a cluster, as `docker ps` tells of it. */
export interface Container {
  readonly name: string;
  /** `control-plane`, `worker` or `external-load-balancer`. */
  readonly role: string;
  /** `running`, `exited`, `created` and so on. */
  readonly state: string;
  /** `Up 3 minutes`, `Exited (137) 2 minutes ago`. */
  readonly status: string;
}

/** What is found in a machine's container. */
export interface NodeFacts {
  readonly name: string;
  /** The last lines of the kubelet and of containerd. */
  readonly journal: readonly string[];
  /** Containers that ended, the last of each name, with their last lines: etcd and the API server above all. */
  readonly crashed: readonly { readonly container: string; readonly lines: readonly string[] }[];
  /** Where file systems are mounted that have no room. */
  readonly fullDisks: readonly string[];
}

/** What was found out about a cluster, as plain data. What could not be asked is absent and named in `unasked`. */
export interface StuckFacts {
  readonly name: string;
  readonly namespace: string;
  /** The Cluster and all that belongs to it in the management cluster. */
  readonly objects: readonly ApiObject[];
  /** Deployments of Cluster API's providers and of cert-manager. */
  readonly providers: readonly ApiObject[];
  /** Absent where machines are no containers, or Docker does not answer. */
  readonly containers?: readonly Container[];
  /** Images that machines without a container are made from and this Docker does not have. */
  readonly missingImages: readonly string[];
  /** The infrastructure controller's last lines of errors that name the cluster. */
  readonly controllerLines: readonly string[];
  /** What is said in the running containers of machines that are not ready. */
  readonly nodes: readonly NodeFacts[];
  /** Nodes, pods, services and warning events of the cluster itself; absent where its API did not answer. */
  readonly inside?: readonly ApiObject[];
  /** What could not be asked, and what was said instead. */
  readonly unasked: readonly string[];
}

/** What is seen outside of Cluster API's own conditions, and what helps. */
export interface Evidence {
  /** What is seen. */
  line: string;
  /** The command or setting that helps; only where the line is the cause and not a consequence. */
  remedy?: string;
}
