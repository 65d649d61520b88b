import type { Backend, BuiltIn, ClusterSpec } from "../clusterSpec";
import { docker } from "./docker";
import { inMemory } from "./inMemory";

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
