import type { Backend, BuiltIn, ClusterSpec, NodeMount } from "./spec";

/** Infrastructure with containers of the host's Docker as machines. */
export const docker: BuiltInInfrastructure = {
  kinds: { cluster: "DevCluster", machineTemplate: "DevMachineTemplate", machinePool: "DevMachinePool" },
  // Docker Desktop reaches the API server by a published port; containers reach it by Docker's own host name.
  apiServerNames: ["localhost", "127.0.0.1", "0.0.0.0", "host.docker.internal"],
  onDocker: true,
  runsPods: true,
  clusterSpec: () => ({ backend: { docker: {} } }),
  machineSpec: ({ nodeImage, mounts = [] }) => ({
    backend: {
      docker: {
        ...(nodeImage === undefined ? {} : { customImage: nodeImage }),
        ...(mounts.length === 0 ? {} : { extraMounts: mounts.map(extraMount) }),
      },
    },
  }),
};

/** Returns a mount in the format of Cluster API, which omits false. */
const extraMount = ({ hostPath, containerPath, readOnly }: NodeMount) => ({
  hostPath,
  containerPath,
  ...(readOnly ? { readOnly } : {}),
});

/** Returns the durations that Cluster API's own tests of this backend use. */
const after = (startupDuration: string) => ({ provisioning: { startupDuration, startupJitter: "0.2" } });

/** Infrastructure with machines that the provider simulates in its own process. It uses the same kinds as Docker. */
export const inMemory: BuiltInInfrastructure = {
  kinds: docker.kinds,
  apiServerNames: docker.apiServerNames,
  onDocker: false,
  runsPods: false,
  // The provider adds an annotation to the object's annotations, and panics if there are none.
  clusterAnnotations: { "dev.slipway/backend": "in-memory" },
  clusterSpec: () => ({ backend: { inMemory: {} } }),
  machineSpec: () => ({
    backend: { inMemory: { vm: after("10s"), node: after("2s"), apiServer: after("2s"), etcd: after("2s") } },
  }),
};

/** Properties of the place where a cluster's machines run. */
export interface Infrastructure {
  /** Whether machines are containers of the host's Docker, on the network kind. */
  readonly onDocker: boolean;
  /** Whether nodes run pods. Then the program reads a kubeconfig and waits for nodes. */
  readonly runsPods: boolean;
}

/**
 * A provider whose objects the program creates itself. All other objects of a cluster are the same for each provider.
 */
export interface BuiltInInfrastructure extends Infrastructure {
  /** Kinds in v1beta2 of infrastructure.cluster.x-k8s.io: the infrastructure cluster, the machine template, the machine pool. */
  readonly kinds: { readonly cluster: string; readonly machineTemplate: string; readonly machinePool: string };
  /** Names in the API server's certificate besides its own address. */
  readonly apiServerNames: readonly string[];
  /** Annotations of the infrastructure cluster; default: none. */
  readonly clusterAnnotations?: Readonly<Record<string, string>>;
  /** Returns the `spec` of the infrastructure cluster. */
  readonly clusterSpec: (spec: ClusterSpec) => object;
  /** Returns the `spec.template.spec` of a machine template. */
  readonly machineSpec: (spec: ClusterSpec) => object;
}

const builtIn = { docker, inMemory } as const satisfies Record<BuiltIn, BuiltInInfrastructure>;

/** Any other provider: a template file defines its clusters. */
const template: Infrastructure = { onDocker: false, runsPods: true };

/** Returns the properties of a backend. */
export const infrastructureOf = (backend: Backend): Infrastructure => ({ ...builtIn, template })[backend];

/** Returns the provider whose objects the program creates, by its name in the settings. */
export const builtInInfrastructure = (backend: BuiltIn): BuiltInInfrastructure => builtIn[backend];
