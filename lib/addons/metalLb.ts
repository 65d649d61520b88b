import type { KubernetesObject } from "../kubernetes/object";
import type { AddressRange } from "../network/addressRange";

/** Namespace of MetalLB's manifest. MetalLB reads pools only in this namespace. */
const namespace = "metallb-system";

/** Returns a pool with one range of each family, and its announcement by ARP and NDP in the machine's network. */
export const loadBalancerObjects = (ranges: readonly AddressRange[]): KubernetesObject[] => [
  {
    apiVersion: "metallb.io/v1beta1",
    kind: "IPAddressPool",
    metadata: { name: "slipway", namespace },
    spec: { addresses: ranges.map(({ text }) => text), autoAssign: true },
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
 * Returns MetalLB's manifest with a controller that tolerates control plane nodes. Control plane nodes of a new cluster
 * join well before its workers. So pools are accepted and addresses assigned while the workers still join.
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
 * Returns the Secret of the controller's only volume. MetalLB's controller writes its webhook's certificate to this
 * Secret, and reads it from the mounted volume. Undefined if the controller mounts no Secret.
 */
export const webhookCertificate = (objects: readonly KubernetesObject[]): OwnCertificate | undefined => {
  const controller = objects.find(isController);
  const secret = controller?.spec.template.spec.volumes?.find((volume) => volume.secret)?.secret?.secretName;
  if (controller === undefined || secret === undefined) return undefined;
  const labels = Object.entries(controller.spec.selector.matchLabels);
  return { secret: `${namespace}/${secret}`, pods: labels.map(([key, value]) => `${key}=${value}`).join(",") };
};

/** A certificate that pods write into a Secret, which they also mount. */
export interface OwnCertificate {
  /** The Secret, as `namespace/name`. */
  secret: string;
  /** Labels of the pods, as a selector. */
  pods: string;
}

/** Objects that MetalLB's pods create: the key by which the speakers find each other. */
export const runtimeObjects: readonly KubernetesObject[] = [
  { apiVersion: "v1", kind: "Secret", metadata: { name: "memberlist", namespace } },
];
