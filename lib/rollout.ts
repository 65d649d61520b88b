import type { KubernetesObject } from "./manifests";
import { podKeepers } from "./kubernetesObject";
import { withAnnotations } from "./manifests";

/** A manifest's objects by the stage at which they can work. */
export interface ApplyOrder {
  namespaces: KubernetesObject[];
  /** Roles, accounts, services, configuration, webhooks: it is enough that they exist. */
  plain: KubernetesObject[];
  /** cert-manager's issuers. */
  issuers: KubernetesObject[];
  /** Its certificates. */
  certificates: KubernetesObject[];
  /** What runs a pod on each node, a pod network above all. */
  daemonSets: KubernetesObject[];
  /** What else runs pods. */
  workloads: KubernetesObject[];
}

const isCertManagers = ({ apiVersion }: KubernetesObject): boolean => apiVersion.startsWith("cert-manager.io/");
const isIssuer = ({ kind }: KubernetesObject): boolean => kind === "Issuer" || kind === "ClusterIssuer";

const stageOf = (object: KubernetesObject): keyof ApplyOrder => {
  if (object.kind === "Namespace") return "namespaces";
  if (isCertManagers(object)) return isIssuer(object) ? "issuers" : "certificates";
  if (object.kind === "DaemonSet") return "daemonSets";
  return [...podKeepers, "Job"].includes(object.kind) ? "workloads" : "plain";
};

/** Sorts objects into stages; within a stage the manifest's own order stays. */
export const applyOrder = (objects: KubernetesObject[]): ApplyOrder => {
  const order: ApplyOrder = { namespaces: [], plain: [], issuers: [], certificates: [], daemonSets: [], workloads: [] };
  for (const object of objects) order[stageOf(object)].push(object);
  return order;
};

/** Pulumi's type token of an object: `kubernetes:apps/v1:Deployment`, with `core/v1` for the unnamed group. */
export const typeToken = (object: KubernetesObject): string => {
  const groupVersion = object.apiVersion.includes("/") ? object.apiVersion : `core/${object.apiVersion}`;
  return `kubernetes:${groupVersion}:${object.kind}`;
};

/** Annotation by which the kubernetes plugin waits for a named condition or JSON path. */
export const waitForAnnotation = "pulumi.com/waitFor";

/** The wait that an object needs so that "created" means "ready"; the plugin's own waits serve the other kinds. */
export const withWait = (object: KubernetesObject): KubernetesObject => {
  if (isCertManagers(object) && (object.kind === "Certificate" || isIssuer(object))) {
    return withAnnotations(object, { [waitForAnnotation]: "condition=Ready" });
  }
  if (object.kind === "Service" && object.apiVersion === "v1") {
    // The plugin would wait 10 s and more for endpoints of pods that are waited for anyway.
    return withAnnotations(object, { "pulumi.com/skipAwait": "true" });
  }
  return object;
};
