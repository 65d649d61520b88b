import { imageLines } from "../../lib/kubernetes/images";
import type { Log } from "../plugin/execute";
import { string, stringMap } from "../plugin/property";
import { inputChanges, type ResourceKind } from "../plugin/resourceKind";
import type { Failure } from "../plugin/rpc";
import { isSame, type Properties } from "../plugin/values";
import { loadBalancerRole } from "./nodeFacts";
import { digestIn, imagesOfNode, inspectContainer, mapOf, nodesOf, stringOf } from "./docker";
import { restartImageUsers } from "./imageUsers";
import { executeStep } from "./steps";

/** Returns the ids of the nodes' containers by name, from either form of the inputs. A load balancer runs no pods. */
const nodeIdsOf = (properties: Properties): Record<string, string> => {
  if (!("nodeIds" in properties)) return { [stringOf(properties, "node")]: stringOf(properties, "nodeId") };
  const ids = Object.entries(mapOf(properties, "nodeIds"));
  return Object.fromEntries(ids.filter(([name]) => !name.endsWith(`-${loadBalancerRole}`)));
};

/** Returns the digests of images that are the same on all nodes, by reference; empty for an image that a node lacks. */
const commonDigests = async (nodes: readonly string[], images: readonly string[]): Promise<Record<string, string>> => {
  const all = await Promise.all(nodes.map(imagesOfNode));
  const digestOf = (image: string): string => {
    const [first = "", ...rest] = all.map((imagesNow) => digestIn(imagesNow, image) ?? "");
    return rest.every((digest) => digest === first) ? first : "";
  };
  return Object.fromEntries(images.map((image) => [image, digestOf(image)]));
};

const load = async (news: Properties, images: Record<string, string>, log: Log): Promise<Properties> => {
  const nodes = Object.keys(nodeIdsOf(news));
  // One after the other: each load reads the whole archive from Docker, and the disk limits it.
  for (const node of nodes)
    await executeStep("load-images", { environment: { NODE: node }, stdin: imageLines(images) }, log);
  return { ...news, loaded: await commonDigests(nodes, Object.keys(mapOf(news, "images"))) };
};

/** Returns the node that answers kubectl: the node itself, or a control plane node of its cluster. */
const kubectlNode = async (node: string): Promise<string> => {
  if (/-control-plane\d*$/.test(node)) return node;
  const cluster = (await inspectContainer(node))?.cluster ?? "";
  return (await nodesOf(cluster)).find(({ role, running }) => role === "control-plane" && running)?.name ?? node;
};

/** Returns what is wrong with the names of the nodes: inputs have one node with its id, or the ids of several nodes. */
const checkNodes = (news: Properties): Failure[] => {
  const single = ["node", "nodeId"];
  if ("nodeIds" in news)
    return single
      .filter((name) => name in news)
      .map((property) => ({
        property,
        reason: `expected nothing beside nodeIds, got a value. Remove nodeIds or ${property}`,
      }));
  return single
    .filter((name) => !(name in news))
    .map((property) => ({ property, reason: "expected a string, got nothing. Set it, or set nodeIds" }));
};

const declaration = {
  description:
    "Images of the host's Docker in nodes of a kind cluster. Images that a node lost are loaded again. Workloads that run " +
    "an earlier image under the same reference are restarted. The images stay in the nodes when the resource is deleted.",
  inputs: {
    node: {
      description: "Name of the node's container, for one node.",
      type: string,
      default: { means: "the nodes of `nodeIds`" },
      replaces: true,
    },
    nodeId: {
      description: "Id of the node's container, for one node. A new node gets all images again.",
      type: string,
      default: { means: "the nodes of `nodeIds`" },
      replaces: true,
    },
    nodeIds: {
      description: "Ids of the nodes' containers by name, instead of `node` and `nodeId`: the output of a KindCluster.",
      type: stringMap,
      default: { means: "the node of `node`" },
      replaces: true,
    },
    images: {
      description: "Content id on the host by image reference. Another id under the same reference is loaded again.",
      type: stringMap,
    },
  },
  outputs: {
    loaded: { description: "Digests of the images in the nodes' containerd, by image reference.", type: stringMap },
  },
};

/** Images of the host's Docker in kind nodes. The id is the name of the node, or the names with commas. */
export const imageLoad: ResourceKind = {
  declaration,
  checkTogether: checkNodes,
  diff: (old, news) => inputChanges(declaration.inputs, old, news),
  create: async (news, log) => ({
    id: Object.keys(nodeIdsOf(news)).sort().join(),
    state: await load(news, mapOf(news, "images"), log),
  }),
  read: async (_, old) => {
    if (Object.keys(old).length === 0)
      throw new Error(
        "ImageLoad: expected a resource that up created, got an import. Run make up instead of the import.",
      );
    const ids = Object.entries(nodeIdsOf(old));
    const containers = await Promise.all(ids.map(([node]) => inspectContainer(node)));
    const nodes = ids.flatMap(([node, id], index) => {
      const container = containers[index];
      // The images stay as recorded: the KindCluster resource shows that a node stopped, was deleted or replaced.
      return container?.running && container.id === id ? [node] : [];
    });
    if (nodes.length === 0) return old;
    const loaded = mapOf(old, "loaded");
    const now = await commonDigests(nodes, Object.keys({ ...loaded, ...mapOf(old, "images") }));
    const isStill = ([image]: [string, string]): boolean => now[image] !== "" && now[image] === loaded[image];
    // An image that a node lost or replaced no longer counts as loaded.
    return {
      ...old,
      images: Object.fromEntries(Object.entries(mapOf(old, "images")).filter(isStill)),
      loaded: Object.fromEntries(Object.entries(loaded).filter(isStill)),
    };
  },
  update: async (old, news, log) => {
    const oldImages = mapOf(old, "images");
    const missing = Object.entries(mapOf(news, "images")).filter(([image, id]) => !isSame(oldImages[image], id));
    const state = await load(news, Object.fromEntries(missing), log);
    // The name in the pods is the same, so nothing else makes a running pod use the new image.
    const [node = ""] = Object.keys(nodeIdsOf(news)).sort();
    await restartImageUsers(await kubectlNode(node), Object.keys(mapOf(news, "images")), log, node);
    return state;
  },
};
