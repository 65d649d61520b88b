import type { KubernetesObject } from "./object";

/** Whether an object is of cert-manager's main group. */
export const isCertManagers = ({ apiVersion }: KubernetesObject): boolean => apiVersion.startsWith("cert-manager.io/");

/** Whether an object of cert-manager's group issues certificates. */
export const isIssuer = ({ kind }: KubernetesObject): boolean => kind === "Issuer" || kind === "ClusterIssuer";

/** Whether a manifest brings cert-manager itself: it has the CRDs. */
export const bringsCertManager = ({ crds }: { crds: readonly { name: string }[] }): boolean =>
  crds.some(({ name }) => name.endsWith(".cert-manager.io") && !name.endsWith(".acme.cert-manager.io"));

/** Whether a manifest has objects that cert-manager has to answer for. */
export const usesCertManager = ({ objects }: { objects: readonly KubernetesObject[] }): boolean =>
  objects.some(isCertManagers);
