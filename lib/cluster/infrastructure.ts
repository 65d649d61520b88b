import type { Backend, BuiltIn, ClusterSpec } from "./spec";

/** Machines are containers of the host's Docker. */
export const docker: BuiltInInfrastructure = {
  kinds: { cluster: "DevCluster", machineTemplate: "DevMachineTemplate" },
  // Docker Desktop reaches the API server by a published port, containers on it by Docker's own name.
  apiServerNames: ["localhost", "127.0.0.1", "0.0.0.0", "host.docker.internal"],
  onDocker: true,
  runsPods: true,
  clusterSpec: () => ({ backend: { docker: {} } }),
  machineSpec: ({ nodeImage }) => ({ backend: { docker: nodeImage === undefined ? {} : { customImage: nodeImage } } }),
};

/** The times of Cluster API's own tests of this backend. */
const after = (startupDuration: string) => ({ provisioning: { startupDuration, startupJitter: "0.2" } });

/** Machines are pretended within the provider's own process: Docker's sibling, of the same kinds. */
export const inMemory: BuiltInInfrastructure = {
  kinds: docker.kinds,
  apiServerNames: docker.apiServerNames,
  onDocker: false,
  runsPods: false,
  // The provider writes an annotation of its own into the object's, and panics where there are none.
  clusterAnnotations: { "dev.slipway/backend": "in-memory" },
  clusterSpec: () => ({ backend: { inMemory: {} } }),
  machineSpec: () => ({
    backend: { inMemory: { vm: after("10s"), node: after("2s"), apiServer: after("2s"), etcd: after("2s") } },
  }),
};

/** What is particular to where a cluster's machines are. */
export interface Infrastructure {
  /** Whether machines are containers of the host's Docker, on the network kind. */
  readonly onDocker: boolean;
  /** Whether nodes run pods: then there is a kubeconfig to read and there are nodes to wait for. */
  readonly runsPods: boolean;
}

/** A provider whose objects the program makes by itself; all else about a cluster's objects is the same for each. */
export interface BuiltInInfrastructure extends Infrastructure {
  /** Kinds in v1beta2 of infrastructure.cluster.x-k8s.io: the cluster's part, and what machines are made from. */
  readonly kinds: { readonly cluster: string; readonly machineTemplate: string };
  /** Names besides its own address for which the API server's certificate is made. */
  readonly apiServerNames: readonly string[];
  /** Annotations of the cluster's part; absent: none. */
  readonly clusterAnnotations?: Readonly<Record<string, string>>;
  /** The `spec` of the cluster's part. */
  readonly clusterSpec: (spec: ClusterSpec) => object;
  /** The `spec.template.spec` of a machine template. */
  readonly machineSpec: (spec: ClusterSpec) => object;
}

const builtIn = { docker, inMemory } as const satisfies Record<BuiltIn, BuiltInInfrastructure>;

/** Any other provider: a file says what its clusters are made of. */
const template: Infrastructure = { onDocker: false, runsPods: true };

/** What is particular to a provider. */
export const infrastructureOf = (backend: Backend): Infrastructure => ({ ...builtIn, template })[backend];

/** How a provider's objects are made, by its name in the settings. */
export const builtInInfrastructure = (backend: BuiltIn): BuiltInInfrastructure => builtIn[backend];
