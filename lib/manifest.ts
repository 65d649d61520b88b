import type { KubernetesObject } from "./kubernetesObject";

/** A manifest as the program installs it: CRDs by name and sum, every other object in full. */
export interface Manifest {
  /** Prefix of its resources' names. */
  name: string;
  crds: { name: string; sha256: string }[];
  objects: KubernetesObject[];
}
