import { shortChecksum } from "../base/checksum";
import type { KubernetesObject } from "../kubernetes/object";
import { toYaml } from "../kubernetes/yaml";

/** Cluster API's API groups. */
const groups = {
  core: "cluster.x-k8s.io",
  controlPlane: "controlplane.cluster.x-k8s.io",
  bootstrap: "bootstrap.cluster.x-k8s.io",
  infrastructure: "infrastructure.cluster.x-k8s.io",
} as const;

/** An API group by its role in Cluster API. */
export type ClusterApiGroup = keyof typeof groups;

/** Location of a cluster's objects. */
interface Location {
  namespace: string;
}

/** Returns an object of Cluster API in v1beta2. */
export const clusterApiObject = (
  { namespace }: Location,
  group: ClusterApiGroup,
  kind: string,
  name: string,
  content: object,
): KubernetesObject => ({
  apiVersion: `${groups[group]}/v1beta2`,
  kind,
  // The namespace is always set. If the CRD does not exist yet, a preview would render the object without a namespace.
  metadata: { name, namespace },
  ...content,
});

/** Returns an object named `<prefix>-<hash>`. The hash has eight hexadecimal digits and depends only on the content. */
export const hashNamed = (
  location: Location,
  group: ClusterApiGroup,
  kind: string,
  prefix: string,
  content: object,
): KubernetesObject => {
  return clusterApiObject(location, group, kind, `${prefix}-${shortChecksum(toYaml(content))}`, content);
};

/** Returns a reference in the format of v1beta2: with a group instead of a version, and without a namespace. */
export const refTo = ({ apiVersion, kind, metadata }: KubernetesObject) => ({
  apiGroup: apiVersion.split("/", 1)[0],
  kind,
  name: metadata.name,
});
