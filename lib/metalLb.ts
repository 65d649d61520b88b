import type { KubernetesObject } from "./manifests";

/** The namespace MetalLB's manifest makes, and the only one in which it reads pools. */
const namespace = "metallb-system";

/** A pool of ranges, one of each family, and its announcement by ARP and NDP on the machine's network. */
export const loadBalancerObjects = (ranges: readonly string[]): KubernetesObject[] => [
  {
    apiVersion: "metallb.io/v1beta1",
    kind: "IPAddressPool",
    metadata: { name: "slipway", namespace },
    spec: { addresses: [...ranges], autoAssign: true },
  },
  {
    apiVersion: "metallb.io/v1beta1",
    kind: "L2Advertisement",
    metadata: { name: "slipway", namespace },
    spec: { ipAddressPools: ["slipway"] },
  },
];

const controlPlane = "node-role.kubernetes.io/control-plane";

/**
 * MetalLB's manifest with a controller that control plane nodes take too. A new cluster's are there well before its
 * workers, so that pools are accepted and addresses given while the workers still join.
 */
export const withEarlyController = (objects: readonly KubernetesObject[]): KubernetesObject[] =>
  objects.map((object) => {
    if (object.kind !== "Deployment" || object.metadata.name !== "controller") return object;
    const copy = structuredClone(object) as KubernetesObject & {
      spec: { template: { spec: { tolerations?: object[] } } };
    };
    const pod = copy.spec.template.spec;
    pod.tolerations = [...(pod.tolerations ?? []), { key: controlPlane, operator: "Exists", effect: "NoSchedule" }];
    return copy;
  });
