import type { KubernetesObject } from "./manifests";

/** The namespace MetalLB's manifest makes, and the only one in which it reads pools. */
const namespace = "metallb-system";

/** A pool of one range, and its announcement by ARP on the machine's network. */
export const loadBalancerObjects = (range: string): KubernetesObject[] => [
  {
    apiVersion: "metallb.io/v1beta1",
    kind: "IPAddressPool",
    metadata: { name: "slipway", namespace },
    spec: { addresses: [range], autoAssign: true },
  },
  {
    apiVersion: "metallb.io/v1beta1",
    kind: "L2Advertisement",
    metadata: { name: "slipway", namespace },
    spec: { ipAddressPools: ["slipway"] },
  },
];
