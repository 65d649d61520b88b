import type { KubernetesObject } from "./manifests";

interface Container {
  name: string;
  env?: { name: string; value?: string }[];
}

const poolVariable = "CALICO_IPV4POOL_CIDR";

/** Calico's objects with its first pool set to the cluster's pod CIDR; throws where no calico-node is found. */
export const calicoFor = (objects: KubernetesObject[], podCidr: string): KubernetesObject[] => {
  if (!objects.some(isCalicoNode)) {
    throw new Error("cniManifest has no DaemonSet calico-node; give a manifest of Calico (the default is one)");
  }
  return objects.map((object) => (isCalicoNode(object) ? withPool(object, podCidr) : object));
};

const isCalicoNode = (object: KubernetesObject): boolean =>
  object.kind === "DaemonSet" && object.metadata.name === "calico-node";

const withPool = (daemonSet: KubernetesObject, podCidr: string): KubernetesObject => {
  const copy = structuredClone(daemonSet) as KubernetesObject & {
    spec: { template: { spec: { containers: Container[] } } };
  };
  for (const container of copy.spec.template.spec.containers) {
    if (container.name !== "calico-node") continue;
    const others = (container.env ?? []).filter((entry) => entry.name !== poolVariable);
    container.env = [...others, { name: poolVariable, value: podCidr }];
  }
  return copy;
};
