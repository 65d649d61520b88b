import type { Backend, ClusterSpec } from "./spec";

/** Properties of a cluster that cannot change while the cluster exists. */
export interface ClusterIdentity extends Pick<ClusterSpec, "namespace" | "podCidr" | "serviceCidr" | "serviceDomain"> {
  backend: Backend;
  /** True if a class defines the machines. @default false */
  hasTopology?: boolean;
}

/**
 * Returns the properties that cannot change while a cluster exists, each as "setting value" for the preview. kubeadm
 * reads the networks and the domain once, at init. The namespace is part of every object's name, and the backend
 * decides what the machines are.
 *
 * The values come from the settings and not from the Cluster object, so a manual edit of the Cluster object never
 * triggers a replacement.
 */
export const clusterIdentity = (spec: ClusterIdentity): string[] => [
  `namespace ${spec.namespace}`,
  `podCidr ${spec.podCidr.text}`,
  `serviceCidr ${spec.serviceCidr.text}`,
  `serviceDomain ${spec.serviceDomain}`,
  `backend ${spec.backend}`,
  // Cluster API neither adds a class to a cluster nor removes it.
  ...(spec.hasTopology ? ["machines of a class"] : []),
];
