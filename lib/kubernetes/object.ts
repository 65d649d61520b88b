import { valueAt } from "../base/json";

/** Labels or annotations: names and string values. */
export type StringMap = Readonly<Record<string, string>>;

/** An object of the Kubernetes API, as a manifest holds it. */
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

/** `Kind/namespace/name`, or `Kind/name` where no namespace is stated. */
export const objectKey = ({ kind, metadata: { namespace, name } }: KubernetesObject): string =>
  [kind, ...(namespace ? [namespace] : []), name].join("/");

/** Whether an object defines a kind. */
export const isCrd = (object: KubernetesObject): boolean =>
  object.kind === "CustomResourceDefinition" && object.apiVersion.startsWith("apiextensions.k8s.io/");

/** Kinds that keep pods running. */
export const podKeepers: readonly string[] = ["Deployment", "DaemonSet", "StatefulSet"];

/** Kind definitions apart from everything else; both in the order given. */
export const splitCrds = (
  objects: readonly KubernetesObject[],
): { crds: KubernetesObject[]; others: KubernetesObject[] } => ({
  crds: objects.filter(isCrd),
  others: objects.filter((object) => !isCrd(object)),
});

/** A copy with labels added; those of the same name are replaced. */
export const withLabels = (object: KubernetesObject, labels: StringMap): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...labels } },
});

/** A copy with annotations added; those of the same name are replaced. */
export const withAnnotations = (object: KubernetesObject, annotations: StringMap): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...annotations } },
});

/** The images that objects run (containers and init containers of pods and pod templates), sorted, each once. */
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

/** The specs of the pods that an object is or makes. */
export const podSpecsOf = (object: KubernetesObject): unknown[] =>
  podPaths.map((path) => valueAt(object, ...path)).filter((spec) => Array.isArray(valueAt(spec, "containers")));

/** Where a pod's spec lies: in a Pod, in what makes pods, and in a CronJob. */
const podPaths = [["spec"], ["spec", "template", "spec"], ["spec", "jobTemplate", "spec", "template", "spec"]];
