import { clusterObjects } from "./clusterObjects";
import type { KubernetesObject } from "./manifests";
import { mapSecrets } from "./secretValue";

/** Objects never stored: the API server is asked to create them as a rehearsal, which calls each webhook. */
const metadata = { name: "slipway-rehearsal", namespace: "default" };

/** One object for cert-manager's webhook. */
export const certificateSamples = (): KubernetesObject[] => [
  { apiVersion: "cert-manager.io/v1", kind: "Issuer", metadata, spec: { selfSigned: {} } },
];

/** An object of another provider as a rehearsal calls its webhooks with it; a secret in it is left out. */
export const rehearsalOf = (object: KubernetesObject): KubernetesObject => ({
  ...(mapSecrets(object, () => "secret") as KubernetesObject),
  metadata,
});

/** Objects that together call the webhooks of core, bootstrap, control plane and docker providers. */
export const clusterApiSamples = (): KubernetesObject[] => {
  const objects = clusterObjects({
    name: metadata.name,
    namespace: metadata.namespace,
    kubernetesVersion: "v1.34.0",
    controlPlaneReplicas: 1,
    workerPools: [{ name: "md-0", replicas: 1 }],
    podCidr: "192.168.0.0/16",
    serviceCidr: "10.128.0.0/12",
    serviceDomain: "cluster.local",
    backend: "docker",
  });
  const [pool] = objects.workers;
  return [
    objects.infrastructureCluster,
    objects.cluster,
    objects.controlPlaneTemplate,
    objects.controlPlane,
    ...(pool ? [pool.bootstrapTemplate, pool.deployment] : []),
  ];
};
