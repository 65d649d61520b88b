import { isCertManagers, isIssuer } from "./certManager";
import type { KubernetesObject } from "./object";
import { hasOwnWait, isAccountToken, isIngress, runsPods, secretsOf, skipsWait } from "./waits";

/** A manifest's objects by the stage at which they can work. */
export interface ApplyOrder {
  namespaces: KubernetesObject[];
  /** Roles, accounts, services, configuration, webhooks: it is enough that they exist. */
  plain: KubernetesObject[];
  /** Secrets that get a token of a ServiceAccount. */
  tokens: KubernetesObject[];
  /** cert-manager's issuers. */
  issuers: KubernetesObject[];
  /** Its certificates. */
  certificates: KubernetesObject[];
  /** What runs a pod on each node, a pod network above all. */
  daemonSets: KubernetesObject[];
  /** What else runs pods, and objects whose author waits for what those pods do. */
  workloads: KubernetesObject[];
  /** Ingresses, which are waited for until pods answer behind them. */
  ingresses: KubernetesObject[];
}

const stageOf = (object: KubernetesObject): keyof ApplyOrder => {
  if (object.kind === "Namespace") return "namespaces";
  if (isCertManagers(object)) return isIssuer(object) ? "issuers" : "certificates";
  if (isAccountToken(object)) return "tokens";
  if (object.kind === "DaemonSet") return "daemonSets";
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

/** Sorts objects into stages; within a stage the manifest's own order stays. */
export const applyOrder = (objects: readonly KubernetesObject[]): ApplyOrder => {
  const order = emptyOrder();
  for (const object of objects) order[stageOf(object)].push(object);
  return order;
};

/**
 * Returns those objects that have to run before cert-manager can answer, where a manifest brings cert-manager: all that
 * run pods but those that mount a certificate of the same manifest.
 */
export const beforeCertificates = (objects: readonly KubernetesObject[]): KubernetesObject[] => {
  const { certificates, daemonSets, workloads } = applyOrder(objects);
  const secrets = certificates.map(({ spec }) => (spec as { secretName?: string } | undefined)?.secretName);
  return [...daemonSets, ...workloads].filter((object) => !secretsOf(object).some((name) => secrets.includes(name)));
};

/** Pulumi's type token of an object: `kubernetes:apps/v1:Deployment`, with `core/v1` for the unnamed group. */
export const typeToken = (object: KubernetesObject): string => {
  const groupVersion = object.apiVersion.includes("/") ? object.apiVersion : `core/${object.apiVersion}`;
  return `kubernetes:${groupVersion}:${object.kind}`;
};
