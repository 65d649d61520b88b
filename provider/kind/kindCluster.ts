import type { InspectedContainer } from "../../lib/base/container";
import { imageLines } from "../../lib/kubernetes/images";
import { execute, type Say } from "../plugin/execute";
import { inputChanges, type ResourceKind, text, textMap } from "../plugin/resourceKind";
import type { Properties } from "../plugin/values";
import { inspectContainer, mapOf, textOf } from "./docker";

const inputs = { name: text, image: text, config: text, images: textMap };

/** kind's port of the API server in the node. */
const apiPort = "6443/tcp";

const nodeOf = (name: string): string => `${name}-control-plane`;

/** The node of a cluster by kind's own label; a container that only has its name is someone else's. */
const nodeContainer = async (name: string): Promise<InspectedContainer | undefined> => {
  const found = await inspectContainer(nodeOf(name));
  return found?.cluster === name ? found : undefined;
};

const read = (found: InspectedContainer): Properties => ({
  nodeId: found.id,
  running: found.running,
  apiPort: found.ports[apiPort] ?? 0,
});

/** What is left in the state of a cluster that is gone: its replacement takes along what stood in it. */
const gone: Properties = { nodeId: "", running: false, apiPort: 0 };

const runStep = async (step: string, properties: Properties, say: Say): Promise<void> => {
  const environment = {
    CLUSTER: textOf(properties, "name"),
    NODE_IMAGE: textOf(properties, "image"),
    IMAGES: imageLines(mapOf(properties, "images")),
    TIMEOUT: "300s",
  };
  await execute(`steps/${step}`, { environment, stdin: textOf(properties, "config") }, undefined, say);
};

/** Reads a cluster that was made or started just now. */
const made = async (news: Properties): Promise<Properties> => {
  const name = textOf(news, "name");
  const found = await nodeContainer(name);
  if (!found) throw new Error(`kind made no container ${nodeOf(name)}`);
  return { ...news, ...read(found) };
};

/** A kind cluster of one node. Its id is its name, by which one that is there can be imported. */
export const kindCluster: ResourceKind = {
  inputs,
  optional: ["images"],
  outputs: ["nodeId", "running", "apiPort"],
  diff: (old, news) => {
    // An import cannot read the configuration back: it is then taken for what the program says.
    const kept = "config" in old ? ["name", "image", "config"] : ["name", "image"];
    const difference = inputChanges({ inputs }, old, news, kept);
    if (old.nodeId === "") return { changes: { ...difference.changes, nodeId: "update" }, replaces: ["nodeId"] };
    if (old.running === false) difference.changes.running = "update";
    return difference;
  },
  create: async (news, say) => {
    await runStep("kind-create", news, say);
    return { id: textOf(news, "name"), state: await made(news) };
  },
  read: async (id, old) => {
    const found = await nodeContainer(id);
    if (Object.keys(old).length === 0) return found && { name: id, image: found.image, images: {}, ...read(found) };
    // Another node under the same name is another cluster: what stood in ours is gone all the same.
    if (!found || found.id !== old.nodeId) return { ...old, ...gone };
    return { ...old, image: found.image, ...read(found) };
  },
  update: async (_, news, say) => {
    await runStep("kind-update", news, say);
    return made(news);
  },
  remove: async (old, say) => {
    const found = await nodeContainer(textOf(old, "name"));
    // A cluster that a hand made in the place of ours is not ours to delete.
    if (found && (old.nodeId === found.id || !("nodeId" in old))) await runStep("kind-delete", old, say);
  },
};
