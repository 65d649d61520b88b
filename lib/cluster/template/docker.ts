import { isRecord, valueAt } from "../../base/json";
import { type KubernetesObject, withAnnotations } from "../../kubernetes/object";
import { inMemory } from "../infrastructure";
import type { Backend, ClusterSpec } from "../spec";

/** Returns true for an object of the group in which Cluster API's Docker provider has its kinds. */
const isInfrastructure = ({ apiVersion }: KubernetesObject): boolean =>
  apiVersion.startsWith("infrastructure.cluster.x-k8s.io/");

/** Returns the backend of an infrastructure cluster; `template` for a kind of another provider. */
export const backendOf = (infrastructure: KubernetesObject): Backend => {
  if (!isInfrastructure(infrastructure)) return "template";
  if (infrastructure.kind === "DockerCluster") return "docker";
  if (infrastructure.kind !== "DevCluster") return "template";
  const backend = valueAt(infrastructure, "spec", "backend");
  return isRecord(backend) && Object.hasOwn(backend, "inMemory") ? "inMemory" : "docker";
};

/** Paths of the fields of machines in containers, by the kind of the template or the pool. */
const machinePaths: Readonly<Record<string, readonly string[]>> = {
  DevMachineTemplate: ["spec", "template", "spec", "backend", "docker"],
  DevMachinePool: ["spec", "backend", "docker"],
  DockerMachineTemplate: ["spec", "template", "spec"],
  DockerMachinePool: ["spec", "template"],
};

/** Returns the fields of machines in containers; undefined for all other objects. */
const machinesOf = (object: KubernetesObject): Readonly<Record<string, unknown>> | undefined => {
  const path = isInfrastructure(object) ? machinePaths[object.kind] : undefined;
  const fields = path && valueAt(object, ...path);
  return isRecord(fields) ? fields : undefined;
};

/** The cluster's fields that determine the default image of its machines. */
export type ImageDefaults = Readonly<Required<Pick<ClusterSpec, "kubernetesVersion" | "nodeImage">>>;

/**
 * Returns the image of a template's machines before Slipway adds images to it: the customImage, or nodeImage if the
 * template states none. The plain node image of the version means nodeImage too.
 */
const baseImage = (stated: unknown, { kubernetesVersion, nodeImage }: ImageDefaults): string =>
  typeof stated !== "string" || stated === "" || stated === `kindest/node:${kubernetesVersion.replace(/^v?/, "v")}`
    ? nodeImage
    : stated;

/** Returns the images of all machines in containers, each once. */
export const machineImages = (objects: readonly KubernetesObject[], defaults: ImageDefaults): string[] => [
  ...new Set(
    objects.flatMap((object) => {
      const fields = machinesOf(object);
      return fields === undefined ? [] : [baseImage(fields["customImage"], defaults)];
    }),
  ),
];

/** Returns the images that the Docker provider copies from this machine's Docker into new machines, each once. */
export const preloadedImages = (objects: readonly KubernetesObject[]): string[] => {
  const lists = objects.map((object) => machinesOf(object)?.["preLoadImages"]);
  return [...new Set(lists.flatMap((list) => (Array.isArray(list) ? list.map(String) : [])))];
};

/** Replaces a value deep in data. */
const withValueAt = (data: unknown, [key, ...rest]: readonly string[], value: unknown): unknown => {
  if (key === undefined) return value;
  const record = isRecord(data) ? data : {};
  return { ...record, [key]: withValueAt(record[key], rest, value) };
};

/**
 * Sets the image of machines in containers. Other objects stay as they are.
 *
 * @param images - built images by the image that they contain; an image that is not built is used itself
 */
export const withMachineImage = (
  object: KubernetesObject,
  defaults: ImageDefaults,
  images: Readonly<Record<string, string>>,
): KubernetesObject => {
  const fields = machinesOf(object);
  if (fields === undefined) return object;
  const base = baseImage(fields["customImage"], defaults);
  const path = [...(machinePaths[object.kind] ?? []), "customImage"];
  return withValueAt(object, path, images[base] ?? base) as KubernetesObject;
};

/** Adds an annotation to an in-memory cluster without annotations, for which the provider panics. */
export const withBackendAnnotation = (object: KubernetesObject): KubernetesObject =>
  backendOf(object) === "inMemory" && object.metadata.annotations === undefined
    ? withAnnotations(object, inMemory.clusterAnnotations ?? {})
    : object;

/** Returns the container's name of a machine, or the common start of the names for the name of the machines' owner. */
export const containerNameOf = (cluster: string, machine: string): string =>
  machine.startsWith(cluster) ? machine : `${cluster}-${machine}`;
