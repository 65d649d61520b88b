import { isDeepStrictEqual } from "node:util";
import type { Problem } from "../base/problem";
import { groupOf, type KubernetesObject, objectKey } from "./object";
import { isFields, mapSecrets } from "./secrets/secretValue";

/** An object and its position in the manifest. */
export interface PlacedObject {
  readonly object: KubernetesObject;
  /** Position, such as `item 1 of document 2 of cniManifest calico.yaml`. */
  readonly place: string;
}

/** Kinds of Kubernetes' own API groups that no namespace contains. */
const clusterScoped = new Set([
  ...["APIService", "CSIDriver", "CSINode", "CertificateSigningRequest", "ClusterRole", "ClusterRoleBinding"],
  ...["ClusterTrustBundle", "CustomResourceDefinition", "DeviceClass", "FlowSchema", "IPAddress", "IngressClass"],
  ...["MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "MutatingWebhookConfiguration", "Namespace", "Node"],
  ...["PersistentVolume", "PriorityClass", "PriorityLevelConfiguration", "ResourceSlice", "RuntimeClass"],
  ...["ServiceCIDR", "StorageClass", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"],
  ...["ValidatingWebhookConfiguration", "VolumeAttachment", "VolumeAttributesClass"],
]);

/** API groups of Kubernetes itself. Every other group belongs to CRDs or to another API server. */
const ownGroups = new Set([
  ...["", "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "apps"],
  ...["authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch", "certificates.k8s.io"],
  ...["coordination.k8s.io", "discovery.k8s.io", "events.k8s.io", "extensions", "flowcontrol.apiserver.k8s.io"],
  ...["internal.apiserver.k8s.io", "networking.k8s.io", "node.k8s.io", "policy", "rbac.authorization.k8s.io"],
  ...["resource.k8s.io", "scheduling.k8s.io", "storage.k8s.io", "storagemigration.k8s.io"],
]);

/** Returns true for an API group of Kubernetes itself. */
export const isOwnGroup = (group: string): boolean => ownGroups.has(group);

/** Returns an object's namespace: `default` if the object does not name one, and "" if its kind has no namespace. */
export const namespaceOf = (object: KubernetesObject): string =>
  isOwnGroup(groupOf(object)) && clusterScoped.has(object.kind) ? "" : object.metadata.namespace || "default";

/** Returns a text that is equal for two manifests of one object: group, kind, namespace and name, without the version. */
export const identityOf = (object: KubernetesObject): string =>
  [groupOf(object), object.kind, namespaceOf(object), object.metadata.name].join("/");

/** Returns data without nulls, which mean the same as absent fields to the API server. */
const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isFields(value)) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutNulls(inner)]));
};

/** Returns true if two manifests of one object have the same content. The order of keys has no meaning. */
export const isEqualObject = (one: KubernetesObject, other: KubernetesObject): boolean => {
  const comparable = (object: KubernetesObject): unknown =>
    withoutNulls(
      mapSecrets({ ...object, metadata: { ...object.metadata, namespace: namespaceOf(object) } }, (value) => value),
    );
  return isDeepStrictEqual(comparable(one), comparable(other));
};

/** Objects of which each occurs once, and the problems of those that occur with several contents. */
export interface UniqueObjects {
  readonly objects: readonly PlacedObject[];
  readonly problems: readonly Problem[];
}

/** Returns the first occurrence of each object. An equal repetition has no effect, and another content is a problem. */
export const uniqueObjects = (placed: readonly PlacedObject[], where = ""): UniqueObjects => {
  const first = new Map<string, PlacedObject>();
  const problems: Problem[] = [];
  const objects = placed.filter((one) => {
    const identity = identityOf(one.object);
    const earlier = first.get(identity);
    if (earlier === undefined) {
      first.set(identity, one);
      return true;
    }
    if (!isEqualObject(earlier.object, one.object)) problems.push(differingProblem(earlier, one, where));
    return false;
  });
  return { objects, problems };
};

const differingProblem = (earlier: PlacedObject, later: PlacedObject, where: string): Problem => ({
  key: `${objectKey(later.object)}${where}`,
  rule: "one definition, or several equal definitions",
  got: `two that differ: ${earlier.place}, and ${later.place}`,
  remedy: "Keep one of the two, or give one of them another name or namespace",
});
