import { listAt, valueAt } from "../base/json";
import { type ApiObject, conditionsOf, isBad, isFine, type Reference } from "../diagnosis/facts";
import { withoutCommand } from "../diagnosis/nodes";
import { brief } from "../diagnosis/text";
import type { ReportCondition, ReportNode, ReportObject, ReportService } from "./model";

const clusterLabel = "cluster.x-k8s.io/cluster-name";

const asText = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? `${value}` : "");

const textAt = (data: unknown, ...path: string[]): string => asText(valueAt(data, ...path));

/** Returns true for an object that only describes other objects, and has no conditions of its own. */
const isTemplate = ({ kind }: ApiObject): boolean => /Template$|^ClusterClass$/.test(kind);

/** Maximum characters of a condition's message. */
const longestMessage = 400;

const toCondition = (condition: ReturnType<typeof conditionsOf>[number]): ReportCondition => {
  const { type, status, reason = "", message = "" } = condition;
  const isGood = !isBad(condition);
  // A message that begins with a star repeats the messages of other objects.
  const ownMessage = message.startsWith("* ") ? "" : withoutCommand(message);
  const ownReason = reason === `Not${type}` || reason === "NotReady" ? "" : reason;
  const text = brief([ownReason, ownMessage].filter(Boolean).join(": "), longestMessage);
  return {
    ...{ type, status, isGood },
    since: textAt(condition, "lastTransitionTime") || null,
    ...(isGood || text === "" ? {} : { message: text }),
  };
};

/** Fields of an object's status and spec that people look for, by label. */
const detailsOf = (object: ApiObject): string => {
  const { kind, spec, status } = object;
  const replicas = textAt(spec, "replicas");
  const ready = textAt(status, "readyReplicas");
  const addresses = listAt(status, "addresses")
    .filter((address) => /IP$/.test(textAt(address, "type")))
    .map((address) => textAt(address, "address"));
  const parts = [
    textAt(status, "phase"),
    textAt(spec, "version") || textAt(status, "version"),
    replicas === "" ? "" : `${ready || "0"} of ${replicas} ready`,
    kind === "Machine" || kind === "MachinePool" ? [...new Set(addresses)].join(", ") : "",
  ];
  return parts.filter(Boolean).join(" · ");
};

/** Returns the reference to the object's parent in the tree: its Machine, or else its controller. */
const ownerOf = ({ metadata }: ApiObject): Reference | undefined => {
  const owners = metadata.ownerReferences ?? [];
  return (
    owners.find(({ kind }) => kind === "Machine") ??
    owners.find((owner) => valueAt(owner, "controller") === true) ??
    owners[0]
  );
};

/** Order of kinds below one parent. Other kinds come last. */
const kindOrder = ["ControlPlane", "MachineDeployment", "MachinePool", "MachineSet", "Machine"];

const rankOf = (kind: string): number => {
  const index = kindOrder.findIndex((known) => kind === known || (known === "ControlPlane" && kind.endsWith(known)));
  return index >= 0 ? index : kind.endsWith("Cluster") ? -1 : kindOrder.length;
};

const compare = (left: ApiObject, right: ApiObject): number =>
  rankOf(left.kind) - rankOf(right.kind) ||
  (left.kind < right.kind ? -1 : left.kind > right.kind ? 1 : left.metadata.name < right.metadata.name ? -1 : 1);

const keyOf = (kind: string, name: string): string => `${kind}/${name}`;

/** Returns the Cluster object and the objects that belong to it as a tree; undefined without the Cluster object. */
export const objectTree = (
  all: readonly ApiObject[],
  { name, namespace }: { name: string; namespace: string },
): ReportObject | undefined => {
  const objects = all.filter(
    (object) =>
      object.metadata.namespace === namespace &&
      !isTemplate(object) &&
      (object.kind === "Cluster" ? object.metadata.name === name : object.metadata.labels?.[clusterLabel] === name),
  );
  const root = objects.find(({ kind }) => kind === "Cluster");
  if (root === undefined) return undefined;
  const keys = new Set(objects.map(({ kind, metadata }) => keyOf(kind, metadata.name)));
  const children = new Map<string, ApiObject[]>();
  for (const object of objects) {
    if (object === root) continue;
    const owner = ownerOf(object);
    const wanted = owner ? keyOf(owner.kind, owner.name) : "";
    const parent = keys.has(wanted) ? wanted : keyOf("Cluster", name);
    children.set(parent, [...(children.get(parent) ?? []), object]);
  }
  const toObject = (object: ApiObject, path: readonly string[]): ReportObject => {
    const key = keyOf(object.kind, object.metadata.name);
    // Owner references may form a circle.
    const below = path.includes(key) ? [] : (children.get(key) ?? []).sort(compare);
    return {
      kind: object.kind,
      name: object.metadata.name,
      createdAt: object.metadata.creationTimestamp ?? null,
      isReady: isFine(object),
      details: detailsOf(object),
      conditions: conditionsOf(object).map(toCondition),
      children: below.map((child) => toObject(child, [...path, key])),
    };
  };
  return toObject(root, []);
};

/** Returns true if an object and all objects below it are ready. */
export const isTreeReady = ({ isReady, children }: ReportObject): boolean => isReady && children.every(isTreeReady);

/** Returns the nodes among the objects of a cluster. */
export const nodesIn = (objects: readonly ApiObject[]): ReportNode[] =>
  objects
    .filter(({ kind }) => kind === "Node")
    .map((node) => ({
      name: node.metadata.name,
      isReady: conditionsOf(node).some(({ type, status }) => type === "Ready" && status === "True"),
      version: textAt(node, "status", "nodeInfo", "kubeletVersion"),
      addresses: listAt(node, "status", "addresses")
        .filter((address) => textAt(address, "type") === "InternalIP")
        .map((address) => textAt(address, "address")),
    }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));

/** Returns the Services of type LoadBalancer among the objects of a cluster. */
export const servicesIn = (objects: readonly ApiObject[]): ReportService[] =>
  objects
    .filter((object) => object.kind === "Service" && textAt(object, "spec", "type") === "LoadBalancer")
    .map((service) => ({
      namespace: service.metadata.namespace ?? "",
      name: service.metadata.name,
      addresses: listAt(service, "status", "loadBalancer", "ingress").map(
        (ingress) => textAt(ingress, "ip") || textAt(ingress, "hostname"),
      ),
      ports: listAt(service, "spec", "ports").map(
        (port) => `${textAt(port, "port")}/${textAt(port, "protocol") || "TCP"}`,
      ),
    }))
    .sort((left, right) => (`${left.namespace}/${left.name}` < `${right.namespace}/${right.name}` ? -1 : 1));

/** Returns the images of the pods among the objects of a cluster, with their digests. */
export const imagesIn = (objects: readonly ApiObject[]): { image: string; digest: string }[] => {
  const images = new Map<string, string>();
  for (const pod of objects.filter(({ kind }) => kind === "Pod"))
    for (const list of ["initContainerStatuses", "containerStatuses"])
      for (const status of listAt(pod, "status", list)) {
        const image = textAt(status, "image");
        const digest = /sha256:[0-9a-f]{64}/.exec(textAt(status, "imageID"))?.[0] ?? "";
        if (image !== "" && !image.startsWith("sha256:")) images.set(image, images.get(image) || digest);
      }
  return [...images].map(([image, digest]) => ({ image, digest }));
};
