import type { KubernetesObject } from "../kubernetes/object";
import { inventoryObject, type ProviderEntry } from "./clusterctl";

/** The four providers of a Docker cluster: clusterctl's name and type, and the namespace in the provider's manifest. */
export const providers = {
  core: { name: "cluster-api", type: "CoreProvider", namespace: "capi-system" },
  bootstrap: { name: "kubeadm", type: "BootstrapProvider", namespace: "capi-kubeadm-bootstrap-system" },
  controlPlane: { name: "kubeadm", type: "ControlPlaneProvider", namespace: "capi-kubeadm-control-plane-system" },
  infrastructure: { name: "docker", type: "InfrastructureProvider", namespace: "capd-system" },
} as const satisfies Record<string, Omit<ProviderEntry, "version">>;

/** Returns the inventory entries, from which `clusterctl upgrade plan` and `move` read the installed providers. */
export const inventoryEntries = (version: string): KubernetesObject[] =>
  Object.values(providers).map((provider) => inventoryObject({ ...provider, version }));

const group = "clusterctl.cluster.x-k8s.io";
const text = { type: "string" };

/** Returns the CRD of clusterctl's inventory, which no provider's manifest contains. */
export const inventoryCrd = (): KubernetesObject => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `providers.${group}`, labels: { [group]: "" } },
  spec: {
    group,
    scope: "Namespaced",
    names: {
      kind: "Provider",
      listKind: "ProviderList",
      plural: "providers",
      singular: "provider",
      categories: ["cluster-api"],
    },
    versions: [
      {
        name: "v1alpha3",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              apiVersion: text,
              kind: text,
              metadata: { type: "object" },
              providerName: text,
              type: text,
              version: text,
              watchedNamespace: text,
            },
          },
        },
        additionalPrinterColumns: [
          { name: "Type", type: "string", jsonPath: ".type" },
          { name: "Provider", type: "string", jsonPath: ".providerName" },
          { name: "Version", type: "string", jsonPath: ".version" },
        ],
      },
    ],
  },
});
