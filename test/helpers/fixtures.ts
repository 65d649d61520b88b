import { nodeImageRecipe } from "../../lib/kubernetes/images";
import type { Manifest } from "../../lib/kubernetes/manifest";
import type { KubernetesObject } from "../../lib/kubernetes/object";
import { providerLabel } from "../../lib/providers/clusterctl";
import { inventoryCrd, inventoryEntries, providers } from "../../lib/providers/inventory";
import { nodeImagesOf, type Settings } from "../../lib/settings/types";
import type { Inputs } from "../../preflight/prepare";
import { noTopology } from "../../preflight/manifests/topology";

const object = (
  apiVersion: string,
  kind: string,
  name: string,
  namespace?: string,
  more: object = {},
): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace ? { namespace } : {}) },
  ...more,
});

const workload = (kind: "Deployment" | "DaemonSet", name: string, namespace: string, image: string): KubernetesObject =>
  object("apps/v1", kind, name, namespace, {
    spec: {
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name, image }] } },
    },
  });

const provider = (name: string, namespace: string): Manifest => ({
  name,
  crds: [{ name: `${name}s.example.org`, sha256: name.padEnd(64, "0") }],
  objects: [
    object("v1", "Namespace", namespace),
    object("v1", "ServiceAccount", "manager", namespace),
    object("v1", "Service", "webhook-service", namespace, { spec: { ports: [{ port: 443 }] } }),
    object("cert-manager.io/v1", "Issuer", "selfsigned", namespace, { spec: { selfSigned: {} } }),
    object("cert-manager.io/v1", "Certificate", "serving-cert", namespace, { spec: { secretName: "cert" } }),
    // As in Cluster API's manifests: capi-controller-manager in capi-system.
    workload("Deployment", namespace.replace(/system$/, "controller-manager"), namespace, `example.org/${name}:v1`),
    object("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", `${name}-webhooks`, undefined, {
      webhooks: [],
    }),
  ],
});

const calico: Manifest = {
  name: "calico",
  crds: [{ name: "ippools.crd.projectcalico.org", sha256: "e".repeat(64) }],
  objects: [
    workload("DaemonSet", "calico-node", "kube-system", "example.org/calico-node:v1"),
    workload("Deployment", "calico-kube-controllers", "kube-system", "example.org/calico-kube-controllers:v1"),
  ],
};

const extra = (location: string): Manifest => ({
  name: location,
  crds: [{ name: "widgets.example.org", sha256: "9".repeat(64) }],
  objects: [object("example.org/v1", "Widget", "one", "default")],
});

/** What a cluster's nodes cannot pull. */
export const workloadImages = { "example.org/calico-node:v1": "sha256:4444" };

/** Manifests small enough to read, with one object of each sort the real ones have. */
export const inputs = (settings: Settings): Inputs => ({
  manifests: {
    certManager: {
      name: "cert-manager",
      crds: [{ name: "certificates.cert-manager.io", sha256: "c".repeat(64) }],
      objects: [
        object("v1", "Namespace", "cert-manager"),
        workload("Deployment", "cert-manager-webhook", "cert-manager", "example.org/webhook:v1"),
      ],
    },
    providers: Object.values(providers).map((one) => provider(providerLabel(one), one.namespace)),
    inventory: {
      name: "inventory",
      crds: [{ name: inventoryCrd().metadata.name, sha256: "d".repeat(64) }],
      objects: inventoryEntries("1.14.2"),
    },
    cni: Object.fromEntries(
      settings.clusters.flatMap(({ cni }) => (cni === "none" ? [] : [[cni, { ...calico, name: cni }]])),
    ),
    loadBalancer: {
      name: "metallb",
      crds: [{ name: "ipaddresspools.metallb.io", sha256: "f".repeat(64) }],
      objects: [
        object("v1", "Namespace", "metallb-system"),
        object("v1", "Secret", "metallb-webhook-cert", "metallb-system"),
        workload("Deployment", "controller", "metallb-system", "example.org/metallb:v1"),
        workload("DaemonSet", "speaker", "metallb-system", "example.org/metallb:v1"),
      ],
    },
    extra: Object.fromEntries(
      settings.clusters.flatMap((cluster) => cluster.manifests.map((location) => [location, extra(location)])),
    ),
  },
  nodeImages: {
    certManager: { "example.org/webhook:v1": "sha256:1111" },
    providers: { "example.org/cluster-api:v1": "sha256:3333" },
  },
  nodeRecipes: Object.fromEntries(
    settings.clusters
      .filter(({ backend }) => backend === "docker")
      .map((cluster) => [
        cluster.name,
        nodeImagesOf(cluster).map((image) => nodeImageRecipe(image, "sha256:5555", workloadImages)!),
      ]),
  ),
  otherRecipes: {},
  templates: {},
  topology: noTopology,
  running: {},
  savedKubeconfigs: {},
  capd: { localId: "sha256:2222" },
  warnings: [],
});
