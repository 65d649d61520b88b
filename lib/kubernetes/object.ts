import { valueAt } from "../base/json";

/** Labels or annotations: names and string values. */
export type StringMap = Readonly<Record<string, string>>;

/** An object of the Kubernetes API, as in a manifest. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    [key: string]: unknown;
  };
  [key: string]: unknown;
}

/** Returns `Kind/namespace/name`, or `Kind/name` without a namespace. */
export const objectKey = ({ kind, metadata: { namespace, name } }: KubernetesObject): string =>
  [kind, ...(namespace ? [namespace] : []), name].join("/");

/** Returns the API group of an object; the empty string for the core group. */
export const groupOf = ({ apiVersion }: Pick<KubernetesObject, "apiVersion">): string =>
  apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";

/** Returns true for a CustomResourceDefinition. */
export const isCrd = (object: KubernetesObject): boolean =>
  object.kind === "CustomResourceDefinition" && object.apiVersion.startsWith("apiextensions.k8s.io/");

/** Workload kinds with a pod template. */
export const workloadKinds: readonly string[] = ["Deployment", "DaemonSet", "StatefulSet"];

/** Splits CRDs from all other objects; both lists keep their order. */
export const splitCrds = (
  objects: readonly KubernetesObject[],
): { crds: KubernetesObject[]; others: KubernetesObject[] } => ({
  crds: objects.filter(isCrd),
  others: objects.filter((object) => !isCrd(object)),
});

/** Returns a copy with added labels, which replace labels of the same name. */
export const withLabels = (object: KubernetesObject, labels: StringMap): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...labels } },
});

/** Returns a copy with added annotations, which replace annotations of the same name. */
export const withAnnotations = (object: KubernetesObject, annotations: StringMap): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...annotations } },
});

/** Returns the images of all containers and init containers of pods and pod templates, sorted, without duplicates. */
export const imagesOf = (objects: readonly KubernetesObject[]): string[] => {
  const containers = objects
    .flatMap(podSpecsOf)
    .flatMap((pod) => [valueAt(pod, "initContainers"), valueAt(pod, "containers")]);
  const images = containers
    .flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []))
    .map((container) => valueAt(container, "image"))
    .filter((image) => typeof image === "string");
  return [...new Set(images)].sort();
};

/** Returns the specs of an object's pods. */
export const podSpecsOf = (object: KubernetesObject): unknown[] =>
  podPaths.map((path) => valueAt(object, ...path)).filter((spec) => Array.isArray(valueAt(spec, "containers")));

/** Paths of a pod's spec: in a Pod, in a workload, and in a CronJob. */
const podPaths = [["spec"], ["spec", "template", "spec"], ["spec", "jobTemplate", "spec", "template", "spec"]];
