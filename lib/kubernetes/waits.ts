import { isCertManagers, isIssuer } from "./certManager";
import { groupOf, type KubernetesObject, podSpecsOf, withAnnotations } from "./object";

/** Annotation that makes the kubernetes plugin wait for a named condition or JSON path. */
export const waitForAnnotation = "pulumi.com/waitFor";

/** Annotation that makes the kubernetes plugin skip all waits. */
export const skipAwaitAnnotation = "pulumi.com/skipAwait";

/**
 * Kinds with pods. The kubernetes plugin waits for all of them but ReplicaSet, whose pods have the same dependencies.
 */
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

/** Returns true for an object of these kinds in Kubernetes' own API groups. */
const isOwnKind = (object: KubernetesObject, kinds: readonly string[]): boolean =>
  kinds.includes(object.kind) && ownGroups.includes(groupOf(object));

/** Returns true for a pod, or an object that creates pods. */
export const runsPods = (object: KubernetesObject): boolean => isOwnKind(object, podKinds);

/** Returns true for an Ingress. The plugin waits for the pods behind it and for its address. */
export const isIngress = (object: KubernetesObject): boolean => isOwnKind(object, ["Ingress"]);

/** Returns true for a Secret that gets its data from the named ServiceAccount. The plugin waits for that data. */
export const isAccountToken = (object: KubernetesObject): boolean =>
  isOwnKind(object, ["Secret"]) && object["type"] === "kubernetes.io/service-account-token";

const annotation = ({ metadata }: KubernetesObject, name: string): string | undefined => metadata.annotations?.[name];

/** Returns true if the manifest's author disabled all waits for the object. */
export const skipsWait = (object: KubernetesObject): boolean => annotation(object, skipAwaitAnnotation) === "true";

/** Returns true if the manifest's author set a wait for a condition. */
export const hasOwnWait = (object: KubernetesObject): boolean =>
  !skipsWait(object) && annotation(object, waitForAnnotation) !== undefined;

/** Returns true for the registration of a runtime extension. Cluster API discovers the extension when its pods run. */
export const isExtensionConfig = (object: KubernetesObject): boolean =>
  object.kind === "ExtensionConfig" && groupOf(object) === "runtime.cluster.x-k8s.io";

/** Returns true for a claim that Slipway excludes from waiting: a pod or a program of the same manifest may bind it. */
export const isUnawaitedClaim = (object: KubernetesObject): boolean =>
  isOwnKind(object, ["PersistentVolumeClaim"]) && !skipsWait(object) && !hasOwnWait(object);

/** Adds the wait that makes "created" mean "ready". Other kinds have suitable waits in the plugin. */
export const withWait = (object: KubernetesObject): KubernetesObject => {
  if (isCertManagers(object) && (object.kind === "Certificate" || isIssuer(object))) {
    return withAnnotations(object, { [waitForAnnotation]: "condition=Ready" });
  }
  if (isExtensionConfig(object) && !skipsWait(object) && !hasOwnWait(object)) {
    return withAnnotations(object, { [waitForAnnotation]: "condition=Discovered" });
  }
  // The plugin would wait 10 s and more for endpoints of pods, for which the program waits anyway.
  const isService = object.kind === "Service" && object.apiVersion === "v1";
  return isService || isUnawaitedClaim(object) ? withAnnotations(object, { [skipAwaitAnnotation]: "true" }) : object;
};

/** Returns the names of the Secrets that the pods of an object mount or read. */
export const secretsOf = (object: KubernetesObject): string[] => {
  const names = podSpecsOf(object).flatMap((spec) => secretNames(spec));
  return [...new Set(names)];
};

/** Returns `secretName` of volumes, and the names in `secretKeyRef`, `secretRef` and projected `secret` sources. */
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
