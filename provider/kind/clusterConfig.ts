import { isRecord, listAt, valueAt } from "../../lib/base/json";
import { readYaml, toYaml } from "../../lib/kubernetes/yaml";
import { pick } from "../plugin/resourceKind";
import type { Properties } from "../plugin/values";
import { structuredNames } from "./clusterProperties";
import { stringOf } from "./docker";

/** A node with kind's name of its container. */
export interface NamedNode {
  readonly name: string;
  /** Fields of the node, without those that the program leaves out. */
  readonly node: Properties;
}

const controlPlane = "control-plane";
const roleOf = (node: unknown): string => {
  const role = valueAt(node, "role");
  return typeof role === "string" ? role : controlPlane;
};

/** Returns the nodes of the raw configuration. kind refuses a text that does not parse, when it creates the cluster. */
const rawNodes = (config: string): readonly unknown[] => {
  try {
    return listAt(readYaml(config)[0], "nodes");
  } catch {
    return [];
  }
};

/** Returns a cluster's nodes with kind's names, which count the nodes of each role in the order of the list. */
export const namedNodes = (properties: Properties): NamedNode[] => {
  const { config, nodes } = properties;
  const listed = typeof config === "string" ? rawNodes(config) : Array.isArray(nodes) ? nodes : [];
  const counts = new Map<string, number>();
  return (listed.length > 0 ? listed : [{ role: controlPlane }]).map((node) => {
    const role = roleOf(node);
    const count = (counts.get(role) ?? 0) + 1;
    counts.set(role, count);
    const suffix = count === 1 ? "" : String(count);
    return {
      name: `${stringOf(properties, "name")}-${role}${suffix}`,
      node: isRecord(node) ? (node as Properties) : {},
    };
  });
};

/** Returns the image of a node. kind takes the cluster's image for all nodes of a raw configuration. */
export const imageOf = ({ node }: NamedNode, properties: Properties): string =>
  typeof node.image === "string" && properties.config === undefined ? node.image : stringOf(properties, "image");

/** Returns a cluster's nodes as steps read them: one line "name image" for each node; empty for a cluster of one node. */
export const nodeLines = (properties: Properties): string => {
  const nodes = namedNodes(properties);
  return nodes.length === 1 ? "" : nodes.map((node) => `${node.name} ${imageOf(node, properties)}`).join("\n");
};

/** Returns kind's configuration of a cluster: the raw configuration, or the structured inputs as YAML. */
export const configOf = (properties: Properties): string => {
  if (typeof properties.config === "string") return properties.config;
  return toYaml({
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    ...pick(properties, structuredNames),
    nodes: namedNodes(properties).map((named) => ({ ...named.node, image: imageOf(named, properties) })),
  });
};
