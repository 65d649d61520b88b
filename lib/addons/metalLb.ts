import type { KubernetesObject } from "../kubernetes/object";

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

interface Controller extends KubernetesObject {
  spec: {
    selector: { matchLabels: Record<string, string> };
    template: { spec: { tolerations?: object[]; volumes?: { secret?: { secretName: string } }[] } };
  };
}

const isController = (object: KubernetesObject): object is Controller =>
  object.kind === "Deployment" && object.metadata.name === "controller";

const controlPlane = "node-role.kubernetes.io/control-plane";

/**
 * MetalLB's manifest with a controller that control plane nodes take too. A new cluster's are there well before its
 * workers, so that pools are accepted and addresses given while the workers still join.
 */
export const withEarlyController = (objects: readonly KubernetesObject[]): KubernetesObject[] =>
  objects.map((object) => {
    if (!isController(object)) return object;
    const copy = structuredClone(object);
    const pod = copy.spec.template.spec;
    pod.tolerations = [...(pod.tolerations ?? []), { key: controlPlane, operator: "Exists", effect: "NoSchedule" }];
    return copy;
  });

/**
 * Where MetalLB's controller writes its webhook's certificate, which it then reads from where it mounts it: the Secret of
 * its only volume. Undefined in a manifest where it mounts none.
 */
export const webhookCertificate = (objects: readonly KubernetesObject[]): OwnCertificate | undefined => {
  const controller = objects.find(isController);
  const secret = controller?.spec.template.spec.volumes?.find((volume) => volume.secret)?.secret?.secretName;
  if (controller === undefined || secret === undefined) return undefined;
  const labels = Object.entries(controller.spec.selector.matchLabels);
  return { secret: `${namespace}/${secret}`, pods: labels.map(([key, value]) => `${key}=${value}`).join(",") };
};

/** A certificate that pods write into a Secret which they mount. */
export interface OwnCertificate {
  /** The Secret, as `namespace/name`. */
  secret: string;
  /** Labels of the pods, as a selector. */
  pods: string;
}
