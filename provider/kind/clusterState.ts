import type { InspectedContainer } from "../../lib/base/container";
import { inputChanges } from "../plugin/resourceKind";
import type { Difference } from "../plugin/rpc";
import { hasUnknown, type Properties } from "../plugin/values";
import { clusterDeclaration } from "./clusterProperties";
import { inspectContainer, mapOf, nodesOf, stringOf } from "./docker";
import { apiPortOf, haveSameNodes, readNodes } from "./nodeFacts";

/** Returns the name of a cluster's first control plane node, which runs kubectl for the plugin. */
export const nodeOf = (name: string): string => `${name}-control-plane`;

/**
 * Reads a container of a cluster, identified by kind's label. A container that only has the node's name is not part of
 * the cluster.
 */
const containerOf = async (cluster: string, name: string): Promise<InspectedContainer | undefined> => {
  const container = await inspectContainer(name);
  return container?.cluster === cluster ? container : undefined;
};

const firstOf = <T extends InspectedContainer>(name: string, containers: readonly T[]): T | undefined =>
  containers.find((container) => container.name === nodeOf(name));

const idsOf = (containers: readonly InspectedContainer[]): Properties =>
  Object.fromEntries(containers.map(({ name, id }) => [name, id]));

/** Returns the outputs that every state has, from the containers of the nodes and of a load balancer. */
const outputsOf = (first: InspectedContainer, containers: readonly InspectedContainer[]): Properties => ({
  nodeId: first.id,
  running: containers.every(({ running }) => running),
  apiPort: apiPortOf(first, containers),
});

/** Outputs of a cluster that lost its first node. Its replacement also replaces everything inside the cluster. */
const gone: Properties = { nodeId: "", running: false, apiPort: 0 };

/** Reads a cluster whose state is from a version of Slipway that knew the first node only. */
const readFirstNode = async (name: string, old: Properties): Promise<Properties> => {
  const node = await containerOf(name, nodeOf(name));
  // Another node of the same name is another cluster: the contents of our cluster are lost either way.
  if (!node || node.id !== old.nodeId) return { ...old, ...gone };
  return { ...old, image: node.image, ...outputsOf(node, [node]) };
};

/** Reads a cluster again. The id of a container that was deleted or replaced is empty. */
export const readCluster = async (name: string, old: Properties): Promise<Properties> => {
  if (!("nodeIds" in old)) return readFirstNode(name, old);
  const ids = Object.entries(mapOf(old, "nodeIds"));
  const read = await Promise.all(ids.map(([node]) => containerOf(name, node)));
  const present = ids.map(([, id], index) => (read[index]?.id === id ? read[index] : undefined));
  const nodeIds = Object.fromEntries(ids.map(([node], index) => [node, present[index]?.id ?? ""]));
  const containers = present.filter((container) => container !== undefined);
  const first = firstOf(name, containers);
  return { ...old, ...(first === undefined ? gone : outputsOf(first, containers)), nodeIds };
};

/**
 * Returns the state of a cluster that was created or started just now.
 *
 * @param old - the earlier state; a state of an earlier version keeps its outputs
 * @throws Error if the first node's container is missing
 */
export const readNewState = async (news: Properties, old: Properties = {}): Promise<Properties> => {
  const name = stringOf(news, "name");
  const isEarlier = "nodeId" in old && !("nodeIds" in old);
  const containers = isEarlier ? [] : await nodesOf(name);
  const first = isEarlier ? await containerOf(name, nodeOf(name)) : firstOf(name, containers);
  if (first === undefined)
    throw new Error(`kind cluster ${name}: expected a container ${nodeOf(name)}, got none. Run make up again.`);
  if (isEarlier) return { ...news, ...outputsOf(first, [first]) };
  return { ...news, ...outputsOf(first, containers), nodeIds: idsOf(containers) };
};

/** Returns the state of an existing cluster as far as Docker knows it; undefined if the cluster does not exist. */
export const importCluster = async (name: string): Promise<Properties | undefined> => {
  const containers = await nodesOf(name);
  const first = firstOf(name, containers);
  if (first === undefined) return undefined;
  const outputs = { ...outputsOf(first, containers), nodeIds: idsOf(containers) };
  return { name, image: first.image, nodes: readNodes(name, containers), images: {}, ...outputs, imported: true };
};

/** Returns true for a cluster whose configuration was never in the state. An earlier version did not mark an import. */
const isImported = (old: Properties): boolean => old.imported === true || !("config" in old || "nodeIds" in old);

/** Returns true for an input that Docker does not know. The images are in the nodes' form, or one for a raw form. */
const isUnknownToDocker = (key: string, news: Properties): boolean =>
  key !== "name" && key !== (news.config === undefined ? "nodes" : "image");

/** Returns the difference of inputs. The program's configuration of an imported cluster counts as the cluster's own. */
const inputDifference = (old: Properties, news: Properties): Difference => {
  const { changes, replaces } = inputChanges(clusterDeclaration.inputs, old, news);
  const isStructured = old.config === undefined && news.config === undefined && !hasUnknown(news.nodes ?? null);
  if (isStructured && haveSameNodes(old, news)) delete changes.nodes;
  const isReplacing = (key: string): boolean => key in changes && !(isImported(old) && isUnknownToDocker(key, news));
  return { changes, replaces: replaces.filter(isReplacing) };
};

/** Compares the state of a cluster with the new inputs. A lost node means another cluster; a stopped node is started. */
export const compareCluster = (old: Properties, news: Properties): Difference => {
  const { changes, replaces } = inputDifference(old, news);
  const hasLostNodes = Object.values(mapOf(old, "nodeIds")).includes("");
  const lost = old.nodeId === "" ? "nodeId" : hasLostNodes ? "nodeIds" : undefined;
  if (lost !== undefined) return { changes: { ...changes, [lost]: "update" }, replaces: [lost] };
  if (old.running === false) changes.running = "update";
  return { changes, replaces };
};
