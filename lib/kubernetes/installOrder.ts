import { isCertManagers, isIssuer } from "./certManager";
import type { KubernetesObject } from "./object";
import { hasOwnWait, isAccountToken, isExtensionConfig, isIngress, runsPods, secretsOf, skipsWait } from "./waits";

/** A manifest's objects by the stage in which they can work. */
export interface ApplyOrder {
  namespaces: KubernetesObject[];
  /** Roles, accounts, services, configuration, webhooks: objects that only have to exist. */
  plain: KubernetesObject[];
  /** Secrets that get the token of a ServiceAccount. */
  tokens: KubernetesObject[];
  /** Issuers of cert-manager. */
  issuers: KubernetesObject[];
  /** Certificates of cert-manager. */
  certificates: KubernetesObject[];
  /** Workloads with a pod on each node, such as a pod network. */
  daemonSets: KubernetesObject[];
  /** Other workloads, and objects with a wait that the author set. */
  workloads: KubernetesObject[];
  /** Ingresses, whose wait lasts until pods behind them answer. */
  ingresses: KubernetesObject[];
}

const stageOf = (object: KubernetesObject): keyof ApplyOrder => {
  if (object.kind === "Namespace") return "namespaces";
  if (isCertManagers(object)) return isIssuer(object) ? "issuers" : "certificates";
  if (isAccountToken(object)) return "tokens";
  if (object.kind === "DaemonSet") return "daemonSets";
  if (isExtensionConfig(object)) return "workloads";
  if (runsPods(object) || (hasOwnWait(object) && object.kind !== "Service")) return "workloads";
  return isIngress(object) && !skipsWait(object) ? "ingresses" : "plain";
};

const emptyOrder = (): ApplyOrder => ({
  namespaces: [],
  plain: [],
  tokens: [],
  issuers: [],
  certificates: [],
  daemonSets: [],
  workloads: [],
  ingresses: [],
});

/** Groups objects by stage. Within a stage the manifest's order is kept. */
export const applyOrder = (objects: readonly KubernetesObject[]): ApplyOrder => {
  const order = emptyOrder();
  for (const object of objects) order[stageOf(object)].push(object);
  return order;
};

/**
 * Returns the objects that must run before cert-manager can answer, for a manifest with cert-manager: all workloads,
 * except those that mount a certificate of the same manifest.
 */
export const beforeCertificates = (objects: readonly KubernetesObject[]): KubernetesObject[] => {
  const { certificates, daemonSets, workloads } = applyOrder(objects);
  const secrets = certificates.map(({ spec }) => (spec as { secretName?: string } | undefined)?.secretName);
  return [...daemonSets, ...workloads].filter((object) => !secretsOf(object).some((name) => secrets.includes(name)));
};

/** Returns Pulumi's type token of an object: `kubernetes:apps/v1:Deployment`, with `core/v1` for the core group. */
export const typeToken = (object: KubernetesObject): string => {
  const groupVersion = object.apiVersion.includes("/") ? object.apiVersion : `core/${object.apiVersion}`;
  return `kubernetes:${groupVersion}:${object.kind}`;
};
