import type { KubernetesObject } from "../kubernetes/object";
import { markObject } from "../kubernetes/secrets/markObject";
import { mapSecrets } from "../kubernetes/secrets/secretValue";
import { clusterObjects } from "./objects";
import { seedCluster } from "./seedCluster";

/** Metadata of sample objects, which are never stored: a dry run of their creation calls each webhook. */
const metadata = { name: "slipway-rehearsal", namespace: "default" };

/** Returns one object for cert-manager's webhook. */
export const certificateSamples = (): KubernetesObject[] => [
  { apiVersion: "cert-manager.io/v1", kind: "Issuer", metadata, spec: { selfSigned: {} } },
];

/** Returns an object of another provider for a dry run, with secrets replaced by a placeholder. */
export const rehearsalOf = (object: KubernetesObject): KubernetesObject => ({
  ...(mapSecrets(markObject(object), () => "secret") as KubernetesObject),
  metadata,
});

/**
 * Returns an object for a dry run in its own namespace and with its own labels, by which a webhook may select objects.
 * A Secret has no data.
 */
export const rehearsalInPlace = (object: KubernetesObject): KubernetesObject => {
  const { namespace, labels } = object.metadata;
  const isSecret = object.kind === "Secret";
  const { apiVersion, kind, type } = object;
  const rehearsal = rehearsalOf(isSecret ? { apiVersion, kind, type, metadata } : object);
  const place = { ...(namespace ? { namespace } : {}), ...(labels && !isSecret ? { labels } : {}) };
  return { ...rehearsal, metadata: { name: metadata.name, ...place } };
};

/** Returns objects that together call the webhooks of the core, bootstrap, control plane and Docker providers. */
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
