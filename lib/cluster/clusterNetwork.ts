import type { Networks } from "../network/networks";
import type { ClusterSpec } from "./spec";

/** Returns the field `clusterNetwork` of a Cluster object. */
export const clusterNetwork = (spec: Pick<ClusterSpec, "podCidr" | "serviceCidr" | "serviceDomain">) => ({
  pods: { cidrBlocks: textsOf(spec.podCidr) },
  services: { cidrBlocks: textsOf(spec.serviceCidr) },
  serviceDomain: spec.serviceDomain,
});

const textsOf = ({ list }: Networks): string[] => list.map(({ text }) => text);
