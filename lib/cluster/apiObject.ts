import { createHash } from "node:crypto";
import type { KubernetesObject } from "../kubernetes/object";
import { toYaml } from "../kubernetes/yaml";

/** Cluster API's API groups. */
const groups = {
  core: "cluster.x-k8s.io",
  controlPlane: "controlplane.cluster.x-k8s.io",
  bootstrap: "bootstrap.cluster.x-k8s.io",
  infrastructure: "infrastructure.cluster.x-k8s.io",
} as const;

/** A group by the role its kinds play. */
export type ClusterApiGroup = keyof typeof groups;

/** Where a cluster's objects live. */
interface Place {
  namespace: string;
}

/** An object of Cluster API, in v1beta2. */
export const clusterApiObject = (
  { namespace }: Place,
  group: ClusterApiGroup,
  kind: string,
  name: string,
  content: object,
): KubernetesObject => ({
  apiVersion: `${groups[group]}/v1beta2`,
  kind,
  // Stated even where it is "default": a kind that is not known yet at preview would be rendered without one.
  metadata: { name, namespace },
  ...content,
});

/** The same, named `<prefix>-<hash of the content>`: eight hexadecimal digits that depend on the content alone. */
export const hashNamed = (
  place: Place,
  group: ClusterApiGroup,
  kind: string,
  prefix: string,
  content: object,
): KubernetesObject => {
  const hash = createHash("sha256").update(toYaml(content)).digest("hex").slice(0, 8);
  return clusterApiObject(place, group, kind, `${prefix}-${hash}`, content);
};

/** A reference as v1beta2 wants it: group instead of version, and always within the namespace. */
export const refTo = ({ apiVersion, kind, metadata }: KubernetesObject) => ({
  apiGroup: apiVersion.split("/", 1)[0],
  kind,
  name: metadata.name,
});
