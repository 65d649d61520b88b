import type { KubernetesObject } from "../kubernetes/object";
import { clusterApiObject, hashNamed } from "./apiObject";
import { builtInInfrastructure } from "./infrastructure";
import type { ClusterSpec } from "./spec";

/** Returns the template of a group of machines, named by its content. */
export const machineTemplate = (spec: ClusterSpec, name: string): KubernetesObject => {
  const { kinds, machineSpec } = builtInInfrastructure(spec.backend);
  return hashNamed(spec, "infrastructure", kinds.machineTemplate, name, {
    spec: { template: { spec: machineSpec(spec) } },
  });
};

/** Returns the infrastructure of a MachinePool. The provider replaces its machines when its specification changes. */
export const machinePool = (spec: ClusterSpec, name: string): KubernetesObject => {
  const { kinds, machineSpec } = builtInInfrastructure(spec.backend);
  return clusterApiObject(spec, "infrastructure", kinds.machinePool, name, { spec: machineSpec(spec) });
};

/** Returns the Kubernetes version with a leading v, as Cluster API would write it. */
export const versionOf = ({ kubernetesVersion }: Pick<ClusterSpec, "kubernetesVersion">): string =>
  kubernetesVersion.replace(/^v?/, "v");
