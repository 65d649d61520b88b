import { valueAt } from "../base/json";
import { isRunning, podEvidence, pressureEvidence } from "../diagnosis/evidence";
import { type ApiObject, type Condition, conditionsOf, type Evidence } from "../diagnosis/facts";
import { failureOf, objectLine } from "../diagnosis/ownership";
import { desiredNodes } from "./workloadPhases";

/** A reason why a cluster may not go on. */
export interface Cause extends Evidence {
  /** The same for one cause, whatever its message and whichever pod of a Deployment shows it. */
  key: string;
  /** The object for the message about the end of the cause. */
  object: string;
  /** The cluster of an object in the management cluster; absent for the cluster with the object itself. */
  cluster?: string;
  remedy: string;
  /** Seconds for which the cause must last before it is reported. */
  tolerance: number;
}

/** What is known about one cluster. */
export interface CauseFacts {
  /** Path of the cluster's kubeconfig, for the next step. */
  kubeconfig: string;
  objects: readonly ApiObject[];
  /** Number of nodes that the cluster shall have; undefined if unknown. */
  nodes: number | undefined;
  /** Milliseconds since 1970. */
  now: number;
  /** Milliseconds since 1970 at which the run began. */
  began: number;
}

interface WaitingContainer {
  image?: string;
  restartCount?: number;
  state?: { waiting?: { reason?: string; message?: string } };
}

/** Answers of a registry that another attempt does not change. */
const finalAnswer = /not found|manifest unknown|does not exist|repository name|invalid reference|denied|unauthorized/i;

/**
 * Returns the seconds for which a container may wait with a reason; undefined for a reason that belongs to a normal start.
 */
const containerTolerance = ({ restartCount = 0, state }: WaitingContainer): number | undefined => {
  const { reason = "", message = "" } = state?.waiting ?? {};
  switch (reason) {
    case "ImagePullBackOff":
    case "ErrImagePull":
      // kubelet repeats a pull after 10 s, and a registry that is busy answers then.
      return finalAnswer.test(message) ? 0 : 8;
    case "InvalidImageName":
    case "ErrImageNeverPull":
      return 0;
    case "CreateContainerConfigError":
    case "CreateContainerError":
    case "RunContainerError":
      // Controllers create a Secret or ConfigMap of their pods a few seconds after the pods.
      return 10;
    case "CrashLoopBackOff":
      // Controllers exit once or twice until the API, a certificate or the pod network is available.
      return restartCount >= 3 ? 5 : undefined;
    default:
      return undefined;
  }
};

const containersOf = (pod: ApiObject): WaitingContainer[] =>
  ["initContainerStatuses", "containerStatuses"].flatMap(
    (key) => (valueAt(pod, "status", key) as WaitingContainer[] | undefined) ?? [],
  );

/** Returns the owner of a pod, which stays the same when the pod is replaced. */
const ownerOf = ({ metadata }: ApiObject): string => {
  const [owner] = metadata.ownerReferences ?? [];
  return `${metadata.namespace}/${owner === undefined ? metadata.name : `${owner.kind}/${owner.name}`}`;
};

const describe = (kubeconfig: string, { metadata }: ApiObject): string =>
  `kubectl --kubeconfig ${kubeconfig} --namespace ${metadata.namespace} describe pod ${metadata.name}`;

const imageRemedy = (image: string, facts: CauseFacts, pod: ApiObject): string =>
  `correct the image ${image} where it is set, and run up again: ${describe(facts.kubeconfig, pod)}`;

const podCauses = (facts: CauseFacts, events: readonly ApiObject[]): Cause[] =>
  facts.objects.flatMap((pod): Cause[] => {
    if (pod.kind !== "Pod" || isRunning(pod) || pod.metadata.deletionTimestamp !== undefined) return [];
    const object = `Pod ${pod.metadata.namespace}/${pod.metadata.name}`;
    for (const container of containersOf(pod)) {
      const tolerance = containerTolerance(container);
      if (tolerance === undefined) continue;
      const { image = "" } = container;
      const isPull = /Image/.test(container.state?.waiting?.reason ?? "");
      const { line, remedy } = podEvidence(pod, isPull ? [] : events);
      const next = isPull ? imageRemedy(image, facts, pod) : (remedy ?? describe(facts.kubeconfig, pod));
      return [{ key: `pod ${ownerOf(pod)} ${image}`, object, line, remedy: next, tolerance }];
    }
    return schedulingCause(facts, pod, object);
  });

/** Taints of a node that starts, which go without the user, and of a node without space, which is a cause of its own. */
const ownTaints =
  /node\.kubernetes\.io\/(not-ready|network-unavailable|unreachable|\w+-pressure)|node\.cloudprovider\.kubernetes\.io\/uninitialized/;

/** Returns true once all nodes have joined and are Ready. Before that, each new node may take the pod. */
const isComplete = ({ objects, nodes }: CauseFacts): boolean => {
  const ready = objects.filter(
    (object) =>
      object.kind === "Node" && conditionsOf(object).some(({ type, status }) => type === "Ready" && status === "True"),
  );
  return ready.length > 0 && ready.length >= (nodes ?? objects.filter(({ kind }) => kind === "Node").length);
};

const lacksResource = (object: ApiObject): boolean => object.kind === "Node" && pressureEvidence(object) !== undefined;

const schedulingCause = (facts: CauseFacts, pod: ApiObject, object: string): Cause[] => {
  const condition = conditionsOf(pod).find(({ type }) => type === "PodScheduled");
  if (condition?.status !== "False" || condition.reason !== "Unschedulable") return [];
  const message = condition.message ?? "";
  if (ownTaints.test(message) || !isComplete(facts)) return [];
  // Newer schedulers do not name the taint, which kubelet sets on a node without space.
  if (/untolerated taint/.test(message) && facts.objects.some(lacksResource)) return [];
  const { line } = podEvidence(pod, []);
  const remedy = `give the cluster a node that fits, or change the pod's requests, selector or tolerations: ${describe(facts.kubeconfig, pod)}`;
  // The scheduler needs some seconds to see that a node lost its taint.
  return [{ key: `schedule ${ownerOf(pod)}`, object, line, remedy, tolerance: 6 }];
};

const nodeCauses = ({ objects }: CauseFacts): Cause[] =>
  objects.flatMap((node): Cause[] => {
    const evidence = node.kind === "Node" ? pressureEvidence(node) : undefined;
    const remedy = evidence?.remedy;
    if (evidence === undefined || remedy === undefined) return [];
    // kubelet itself holds the condition for five minutes, so it never belongs to a normal start.
    return [
      { ...evidence, key: `node ${node.metadata.name}`, object: `Node ${node.metadata.name}`, remedy, tolerance: 0 },
    ];
  });

/** Objects whose failures stop a machine. Conditions of other objects follow from them. */
const isInfrastructure = ({ apiVersion = "" }: ApiObject): boolean => apiVersion.startsWith("infrastructure.");

/** Returns the failure that stops an object. A Cluster's other conditions report a new API server as failed. */
const stoppedBy = (object: ApiObject): Condition | undefined => {
  if (isInfrastructure(object)) return failureOf(object);
  const failure =
    object.kind === "Cluster" ? conditionsOf(object).find(({ type }) => type === "TopologyReconciled") : undefined;
  return failure?.status === "False" && /Failed$/.test(failure.reason ?? "") ? failure : undefined;
};

const infrastructureCauses = ({ objects, kubeconfig }: CauseFacts): Cause[] =>
  objects.flatMap((object): Cause[] => {
    const { kind, metadata } = object;
    if (metadata.deletionTimestamp !== undefined) return [];
    const failure = stoppedBy(object);
    if (failure === undefined) return [];
    const lines = objectLine(object);
    const line = lines.map((part) => part.trim()).join(" ");
    const isBootstrap = /^Bootstrap/.test(failure.type);
    const kubectl = `kubectl --kubeconfig ${kubeconfig} --namespace ${metadata.namespace}`;
    const remedy = isBootstrap
      ? `correct the settings kubeadm and kubernetesVersion and run up again; for the same machine: ${kubectl} delete machine ${metadata.name}`
      : `${kubectl} describe ${kind.toLowerCase()} ${metadata.name}`;
    const cluster = metadata.labels?.["cluster.x-k8s.io/cluster-name"];
    // kubeadm is not repeated. Controllers repeat everything else, and a conflict of two writers is over at once.
    const tolerance = isBootstrap ? 0 : 6;
    const name = `${kind} ${metadata.name}`;
    return [{ key: name, object: name, line, remedy, tolerance, ...(cluster ? { cluster } : {}) }];
  });

/** The API server's message about a webhook that does not answer. */
const webhookFailure =
  /failed calling webhook "([^"]+)".*?(no endpoints available for service "[^"]+"|service "[^"]+" not found|connection refused|context deadline exceeded|no route to host)/s;

/** Seconds after its last report for which an event counts. Controllers pause up to two minutes between attempts. */
const eventLife = 130;

const timeOf = (text: unknown): number | undefined => {
  const time = typeof text === "string" ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? undefined : time;
};

/** Seconds before the run in which an event still counts. An older event may belong to a problem that is solved. */
const earlierEvents = 20;

/** Returns true for an event that was repeated, and whose last report is not long ago. */
const isCurrent = (event: ApiObject, { now, began }: Pick<CauseFacts, "now" | "began">): boolean => {
  const last = timeOf(valueAt(event, "series", "lastObservedTime")) ?? timeOf(valueAt(event, "lastTimestamp"));
  const first = timeOf(valueAt(event, "eventTime")) ?? timeOf(valueAt(event, "firstTimestamp")) ?? last;
  const seen = last ?? first;
  if (seen === undefined || first === undefined) return false;
  if (seen < Math.max(now - eventLife * 1000, began - earlierEvents * 1000)) return false;
  const count = valueAt(event, "count") ?? valueAt(event, "series", "count");
  return typeof count === "number" && count >= 3;
};

/** Returns the messages of an object: those of its conditions that are not True, or of an event. */
const messagesOf = (object: ApiObject, facts: CauseFacts): string[] => {
  if (object.kind === "Event") return isCurrent(object, facts) ? [object.message ?? ""] : [];
  return conditionsOf(object).flatMap(({ message }) => message ?? []);
};

const webhookCauses = (facts: CauseFacts): Cause[] => {
  const { objects, kubeconfig } = facts;
  const causes = new Map<string, Cause>();
  for (const object of objects) {
    for (const message of messagesOf(object, facts)) {
      const [, webhook, reason] = webhookFailure.exec(message) ?? [];
      if (webhook === undefined || reason === undefined || causes.has(webhook)) continue;
      const { kind, name, namespace } = object.involvedObject ?? { ...object.metadata, kind: object.kind };
      const subject = `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
      const [, service, place] = /https:\/\/([\w-]+)\.([\w-]+)\.svc/.exec(message) ?? [];
      const behind = service === undefined ? "its service" : `service ${place}/${service}`;
      const line = `webhook ${webhook}: ${behind} gives no answer (${reason}), so the API refuses ${subject}`;
      const remedy = `start the pods behind ${behind}, or delete the webhook: kubectl --kubeconfig ${kubeconfig} get endpointslices,validatingwebhookconfigurations,mutatingwebhookconfigurations --all-namespaces`;
      // A webhook whose pod just starts refuses connections for a few seconds.
      causes.set(webhook, { key: `webhook ${webhook}`, object: `webhook ${webhook}`, line, remedy, tolerance: 6 });
    }
  }
  return [...causes.values()];
};

/** Returns everything that may hold a cluster up, causes before their consequences. */
export const causesOf = (facts: CauseFacts): Cause[] => {
  const events = facts.objects.filter(({ kind }) => kind === "Event");
  const causes = [
    ...nodeCauses(facts),
    ...infrastructureCauses(facts),
    ...webhookCauses(facts),
    ...podCauses(facts, events),
  ];
  // Two pods of one owner have the same cause.
  return [...new Map([...causes].reverse().map((cause) => [cause.key, cause])).values()].reverse();
};

/** Returns the facts of a workload cluster, whose nodes the objects of its management cluster count. */
export const nodesWanted = (clusterObjects: readonly ApiObject[]): number | undefined => {
  const nodes = desiredNodes(clusterObjects);
  return nodes > 0 ? nodes : undefined;
};
