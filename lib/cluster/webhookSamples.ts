import type { KubernetesObject } from "../kubernetes/object";
import { markObject } from "../kubernetes/secrets/markObject";
import { mapSecrets } from "../kubernetes/secrets/secretValue";
import { clusterObjects } from "./objects";
import { seedCluster } from "./seedCluster";

/** Objects never stored: the API server is asked to create them as a rehearsal, which calls each webhook. */
const metadata = { name: "slipway-rehearsal", namespace: "default" };

/** One object for cert-manager's webhook. */
export const certificateSamples = (): KubernetesObject[] => [
  { apiVersion: "cert-manager.io/v1", kind: "Issuer", metadata, spec: { selfSigned: {} } },
];

/** An object of another provider as a rehearsal calls its webhooks with it; a secret in it is left out. */
export const rehearsalOf = (object: KubernetesObject): KubernetesObject => ({
  ...(mapSecrets(markObject(object), () => "secret") as KubernetesObject),
  metadata,
});

/** Objects that together call the webhooks of core, bootstrap, control plane and docker providers. */
export const clusterApiSamples = (): KubernetesObject[] => {
  const objects = clusterObjects({ ...seedCluster, ...metadata, kubernetesVersion: "v1.34.0" });
  const [pool] = objects.workers;
  return [
    objects.infrastructureCluster,
    objects.cluster,
    objects.controlPlaneTemplate,
    objects.controlPlane,
    ...(pool ? [pool.bootstrapTemplate, pool.deployment] : []),
  ];
};
