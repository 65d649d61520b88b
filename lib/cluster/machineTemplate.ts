import type { KubernetesObject } from "../kubernetes/object";
import { hashNamed } from "./apiObject";
import { builtInInfrastructure } from "./infrastructure";
import type { ClusterSpec } from "./spec";

/** What a group of machines is made from, named by its content. */
export const machineTemplate = (spec: ClusterSpec, name: string): KubernetesObject => {
  const { kinds, machineSpec } = builtInInfrastructure(spec.backend);
  return hashNamed(spec, "infrastructure", kinds.machineTemplate, name, {
    spec: { template: { spec: machineSpec(spec) } },
  });
};

/** The Kubernetes version with the v that Cluster API would put there. */
export const versionOf = ({ kubernetesVersion }: Pick<ClusterSpec, "kubernetesVersion">): string =>
  kubernetesVersion.replace(/^v?/, "v");
