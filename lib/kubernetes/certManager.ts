import type { KubernetesObject } from "./object";

/** Returns true for an object of cert-manager's main API group. */
export const isCertManagers = ({ apiVersion }: KubernetesObject): boolean => apiVersion.startsWith("cert-manager.io/");

/** Returns true for an object that issues certificates, in cert-manager's API group. */
export const isIssuer = ({ kind }: KubernetesObject): boolean => kind === "Issuer" || kind === "ClusterIssuer";

/** Returns true if a manifest installs cert-manager, which means that the manifest has its CRDs. */
export const bringsCertManager = ({ crds }: { crds: readonly { name: string }[] }): boolean =>
  crds.some(({ name }) => name.endsWith(".cert-manager.io") && !name.endsWith(".acme.cert-manager.io"));

/** Returns true if a manifest has objects that cert-manager reconciles. */
export const usesCertManager = ({ objects }: { objects: readonly KubernetesObject[] }): boolean =>
  objects.some(isCertManagers);
