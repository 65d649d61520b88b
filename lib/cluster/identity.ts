import type { OwnerParts, TopologyParts } from "./parts";
import type { Backend, ClusterSpec } from "./spec";

/** Properties of a cluster that cannot change while the cluster exists. */
export interface ClusterIdentity extends Pick<ClusterSpec, "namespace" | "podCidr" | "serviceCidr" | "serviceDomain"> {
  backend: Backend;
}

/**
 * Returns the properties that cannot change while a cluster exists, each as "setting value" for the preview. kubeadm
 * reads the networks and the domain once, at init. The namespace is part of every object's name, and the backend
 * decides what the machines are.
 *
 * The values come from the settings and not from the Cluster object, so a manual edit of the Cluster object never
 * triggers a replacement.
 *
 * @param parts - objects of a Docker or in-memory cluster; default: those of another provider's template
 */
export const clusterIdentity = (spec: ClusterIdentity & Pick<ClusterSpec, "name">, parts?: IdentityParts): string[] => [
  `namespace ${spec.namespace}`,
  `podCidr ${spec.podCidr.text}`,
  `serviceCidr ${spec.serviceCidr.text}`,
  `serviceDomain ${spec.serviceDomain}`,
  `backend ${spec.backend}`,
  ...(parts === undefined ? [] : distinctions(spec, parts)),
];

/** The parts of a cluster that distinguish it. */
type IdentityParts = Pick<OwnerParts, "infrastructure" | "controlPlane"> | Pick<TopologyParts, "topology">;

/** Returns how a cluster differs from one whose objects Slipway defines. */
const distinctions = (spec: ClusterIdentity & Pick<ClusterSpec, "name">, parts: IdentityParts): string[] => {
  // Cluster API neither adds a class to a cluster nor removes it.
  if ("topology" in parts) return ["machines of a class"];
  return spec.backend === "template" ? [] : otherObjects(spec, parts);
};

/**
 * Returns the objects of a template that Slipway would name differently. A Cluster keeps its infrastructure and its control
 * plane, so a cluster of the settings can only become one of a template with the same objects.
 */
const otherObjects = (
  { name }: Pick<ClusterSpec, "name">,
  { infrastructure, controlPlane: { owner } }: Pick<OwnerParts, "infrastructure" | "controlPlane">,
): string[] => {
  const usual = [`infrastructure DevCluster/${name}`, `controlPlane KubeadmControlPlane/${name}-control-plane`];
  return [
    `infrastructure ${infrastructure.kind}/${infrastructure.metadata.name}`,
    `controlPlane ${owner.kind}/${owner.metadata.name}`,
  ].filter((text) => !usual.includes(text));
};
