import { isCertManagers, isIssuer } from "./certManager";
import { type KubernetesObject, podSpecsOf, withAnnotations } from "./object";

/** Annotation by which the kubernetes plugin waits for a named condition or JSON path. */
export const waitForAnnotation = "pulumi.com/waitFor";

/** Annotation by which the kubernetes plugin waits for nothing. */
export const skipAwaitAnnotation = "pulumi.com/skipAwait";

/** Kinds whose pods the kubernetes plugin waits for; a ReplicaSet is not waited for, but its pods need the same things. */
const podKinds: readonly string[] = [
  "DaemonSet",
  "Deployment",
  "Job",
  "Pod",
  "ReplicaSet",
  "ReplicationController",
  "StatefulSet",
];

const ownGroups: readonly string[] = ["", "apps", "batch", "extensions", "networking.k8s.io"];

const groupOf = ({ apiVersion }: KubernetesObject): string =>
  apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";

/** Whether an object is of one of these kinds of Kubernetes itself. */
const isOwnKind = (object: KubernetesObject, kinds: readonly string[]): boolean =>
  kinds.includes(object.kind) && ownGroups.includes(groupOf(object));

/** Whether an object is a pod or makes pods when it is created. */
export const runsPods = (object: KubernetesObject): boolean => isOwnKind(object, podKinds);

/** Whether an object is an Ingress: the plugin waits for the pods behind it and for its address. */
export const isIngress = (object: KubernetesObject): boolean => isOwnKind(object, ["Ingress"]);

/** Whether a Secret gets its data from the ServiceAccount that it names; the plugin waits for that. */
export const isAccountToken = (object: KubernetesObject): boolean =>
  isOwnKind(object, ["Secret"]) && object["type"] === "kubernetes.io/service-account-token";

const annotation = ({ metadata }: KubernetesObject, name: string): string | undefined => metadata.annotations?.[name];

/** Whether the author of a manifest has the plugin wait for nothing. */
export const skipsWait = (object: KubernetesObject): boolean => annotation(object, skipAwaitAnnotation) === "true";

/** Whether the author of a manifest has the plugin wait for a condition. */
export const hasOwnWait = (object: KubernetesObject): boolean =>
  !skipsWait(object) && annotation(object, waitForAnnotation) !== undefined;

/** Whether Slipway keeps the plugin from waiting for a claim: a pod or a program of the same manifest may bind the claim. */
export const isUnawaitedClaim = (object: KubernetesObject): boolean =>
  isOwnKind(object, ["PersistentVolumeClaim"]) && !skipsWait(object) && !hasOwnWait(object);

/** Adds the wait that an object needs so that "created" means "ready"; the plugin's own waits serve the other kinds. */
export const withWait = (object: KubernetesObject): KubernetesObject => {
  if (isCertManagers(object) && (object.kind === "Certificate" || isIssuer(object))) {
    return withAnnotations(object, { [waitForAnnotation]: "condition=Ready" });
  }
  // The plugin would wait 10 s and more for endpoints of pods that are waited for anyway.
  const isService = object.kind === "Service" && object.apiVersion === "v1";
  return isService || isUnawaitedClaim(object) ? withAnnotations(object, { [skipAwaitAnnotation]: "true" }) : object;
};

/** Names of the Secrets that the pods of an object mount or read. */
export const secretsOf = (object: KubernetesObject): string[] => {
  const names = podSpecsOf(object).flatMap((spec) => secretNames(spec));
  return [...new Set(names)];
};

/** Finds `secretName` of volumes, and the names in `secretKeyRef`, `secretRef` and projected `secret` sources. */
const secretNames = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(secretNames);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === "secretName" && typeof inner === "string") return [inner];
    const { name } = (typeof inner === "object" && inner !== null ? inner : {}) as { name?: unknown };
    const isReference = ["secret", "secretKeyRef", "secretRef"].includes(key) && typeof name === "string";
    return isReference ? [name] : secretNames(inner);
  });
};
