import type { Backend, ClusterSpec } from "./spec";

/** What of a cluster cannot change while it lives. */
export interface ClusterIdentity extends Pick<ClusterSpec, "namespace" | "podCidr" | "serviceCidr" | "serviceDomain"> {
  backend: Backend;
}

/**
 * What cannot change while a cluster lives, each as "setting value" for the preview to show. kubeadm reads the networks
 * and the domain once, at init; the namespace is part of every object's name; the backend is what the machines are.
 * Taken from the settings and not from the Cluster object: a hand that edits the object must not cost the cluster.
 */
export const clusterIdentity = (spec: ClusterIdentity): string[] => [
  `namespace ${spec.namespace}`,
  `podCidr ${spec.podCidr.text}`,
  `serviceCidr ${spec.serviceCidr.text}`,
  `serviceDomain ${spec.serviceDomain}`,
  `backend ${spec.backend}`,
];
