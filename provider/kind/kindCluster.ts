import { imageLines } from "../../lib/kubernetes/images";
import type { Log, Printed } from "../plugin/execute";
import type { ResourceKind } from "../plugin/resourceKind";
import type { Properties } from "../plugin/values";
import { configOf, nodeLines } from "./clusterConfig";
import { clusterDeclaration } from "./clusterProperties";
import { checkCluster } from "./clusterRules";
import { compareCluster, importCluster, nodeOf, readCluster, readNewState } from "./clusterState";
import { inspectContainer, mapOf, nodesOf, stringOf } from "./docker";
import { restartImageUsers } from "./imageUsers";
import { executeStep } from "./steps";

const runStep = (step: string, properties: Properties, log: Log): Promise<Printed> => {
  const nodes = nodeLines(properties);
  const environment = {
    CLUSTER: stringOf(properties, "name"),
    NODE_IMAGE: stringOf(properties, "image"),
    IMAGES: imageLines(mapOf(properties, "images")),
    TIMEOUT: "300s",
    ...(nodes === "" ? {} : { NODE_IMAGES: nodes }),
  };
  return executeStep(step, { environment, stdin: configOf(properties) }, log);
};

/** Returns true if a cluster exists and is the state's. Somebody else may have created one under the same name. */
const isOwn = async (old: Properties): Promise<boolean> => {
  const name = stringOf(old, "name");
  if ("nodeIds" in old) {
    const ids = Object.values(mapOf(old, "nodeIds"));
    return (await nodesOf(name)).some(({ id }) => ids.includes(id));
  }
  const node = await inspectContainer(nodeOf(name));
  return node?.cluster === name && (old.nodeId === node.id || !("nodeId" in old));
};

/** A kind cluster. The id is the cluster's name, by which an existing cluster can be imported. */
export const kindCluster: ResourceKind = {
  declaration: clusterDeclaration,
  checkTogether: checkCluster,
  deletesFirst: true,
  diff: compareCluster,
  create: async (news, log) => {
    await runStep("kind-create", news, log);
    return { id: stringOf(news, "name"), state: await readNewState(news) };
  },
  read: (id, old) => (Object.keys(old).length === 0 ? importCluster(id) : readCluster(id, old)),
  update: async (old, news, log) => {
    await runStep("kind-update", news, log);
    const images = Object.keys(mapOf(news, "images"));
    if (images.length > 0) await restartImageUsers(nodeOf(stringOf(news, "name")), images, log);
    return readNewState(news, old);
  },
  remove: async (old, log) => {
    if (await isOwn(old)) await runStep("kind-delete", old, log);
  },
};
