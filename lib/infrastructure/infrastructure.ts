import type { ClusterSpec } from "../clusterSpec";
import { docker } from "./docker";
import { inMemory } from "./inMemory";

/** What is particular to an infrastructure provider; all else about a cluster's objects is the same for each. */
export interface Infrastructure {
  /** Kinds in v1beta2 of infrastructure.cluster.x-k8s.io: the cluster's part, and what machines are made from. */
  readonly kinds: { readonly cluster: string; readonly machineTemplate: string };
  /** Names besides its own address for which the API server's certificate is made. */
  readonly apiServerNames: readonly string[];
  /** Whether machines are containers of the host's Docker, on the network kind. */
  readonly onDocker: boolean;
  /** Whether nodes run pods: then there is a kubeconfig to read and there are nodes to wait for. */
  readonly runsPods: boolean;
  /** The `spec` of the cluster's part. */
  readonly clusterSpec: (spec: ClusterSpec) => object;
  /** The `spec.template.spec` of a machine template. */
  readonly machineSpec: (spec: ClusterSpec) => object;
}

const infrastructures = { docker, inMemory } as const satisfies Record<string, Infrastructure>;

/** A provider that the program knows by itself. */
export type Backend = keyof typeof infrastructures;

/** What is particular to a provider, by its name in the settings. */
export const infrastructureOf = (backend: Backend): Infrastructure => infrastructures[backend];
