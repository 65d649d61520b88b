import type { InspectedContainer } from "../../lib/base/container";
import { imageLines } from "../../lib/kubernetes/images";
import { execute, type Log } from "../plugin/execute";
import { inputChanges, type ResourceKind, string, stringMap } from "../plugin/resourceKind";
import type { Properties } from "../plugin/values";
import { inspectContainer, mapOf, stringOf } from "./docker";

const inputs = { name: string, image: string, config: string, images: stringMap };

/** Container port of the API server in a kind node. */
const apiPort = "6443/tcp";

const nodeOf = (name: string): string => `${name}-control-plane`;

/**
 * Returns the node of a cluster, identified by kind's label. A container that only has the node's name is not part of
 * the cluster.
 */
const nodeContainer = async (name: string): Promise<InspectedContainer | undefined> => {
  const node = await inspectContainer(nodeOf(name));
  return node?.cluster === name ? node : undefined;
};

const outputsOf = (node: InspectedContainer): Properties => ({
  nodeId: node.id,
  running: node.running,
  apiPort: node.ports[apiPort] ?? 0,
});

/** State of a missing cluster. Its replacement also replaces everything inside the cluster. */
const gone: Properties = { nodeId: "", running: false, apiPort: 0 };

const runStep = async (step: string, properties: Properties, log: Log): Promise<void> => {
  const environment = {
    CLUSTER: stringOf(properties, "name"),
    NODE_IMAGE: stringOf(properties, "image"),
    IMAGES: imageLines(mapOf(properties, "images")),
    TIMEOUT: "300s",
  };
  await execute(`steps/${step}`, { environment, stdin: stringOf(properties, "config") }, undefined, log);
};

/**
 * Returns the state of a cluster that was created or started just now: its inputs, and the outputs of its node.
 *
 * @throws Error if the node's container is missing
 */
const readState = async (news: Properties): Promise<Properties> => {
  const name = stringOf(news, "name");
  const node = await nodeContainer(name);
  if (!node)
    throw new Error(`kind cluster ${name}: expected a container ${nodeOf(name)}, got none. Run make up again.`);
  return { ...news, ...outputsOf(node) };
};

/** A kind cluster of one node. The id is the cluster's name, by which an existing cluster can be imported. */
export const kindCluster: ResourceKind = {
  inputs,
  optional: ["images"],
  outputs: ["nodeId", "running", "apiPort"],
  diff: (old, news) => {
    // An import cannot read the configuration. The configuration of the program then counts as the cluster's own.
    const replacing = "config" in old ? ["name", "image", "config"] : ["name", "image"];
    const difference = inputChanges({ inputs }, old, news, replacing);
    if (old.nodeId === "") return { changes: { ...difference.changes, nodeId: "update" }, replaces: ["nodeId"] };
    if (old.running === false) difference.changes.running = "update";
    return difference;
  },
  create: async (news, log) => {
    await runStep("kind-create", news, log);
    return { id: stringOf(news, "name"), state: await readState(news) };
  },
  read: async (id, old) => {
    const node = await nodeContainer(id);
    if (Object.keys(old).length === 0) return node && { name: id, image: node.image, images: {}, ...outputsOf(node) };
    // Another node of the same name is another cluster: the contents of our cluster are lost either way.
    if (!node || node.id !== old.nodeId) return { ...old, ...gone };
    return { ...old, image: node.image, ...outputsOf(node) };
  },
  update: async (_, news, log) => {
    await runStep("kind-update", news, log);
    return readState(news);
  },
  remove: async (old, log) => {
    const node = await nodeContainer(stringOf(old, "name"));
    // A cluster that somebody else created under this name does not belong to the stack.
    if (node && (old.nodeId === node.id || !("nodeId" in old))) await runStep("kind-delete", old, log);
  },
};
