import { machineContainer } from "../base/container";
import { valueAt } from "../base/json";
import { type Evidence, type StuckFacts, type ApiObject, badConditions, conditionsOf } from "./facts";
import { makeRoom, noSpace } from "./nodes";
import { brief } from "./text";

const count = (value: unknown): number => (typeof value === "number" ? value : 0);

/**
 * Returns controllers and webhooks that do not run. Without them no object changes, and the API server rejects objects.
 */
export const providerEvidence = ({ providers }: Pick<StuckFacts, "providers">): Evidence[] =>
  providers.flatMap((deployment) => {
    const wanted = count(valueAt(deployment, "spec", "replicas") ?? 1);
    const available = count(valueAt(deployment, "status", "availableReplicas"));
    if (wanted > 0 && available >= wanted) return [];
    const { name, namespace } = deployment.metadata;
    const line = `Deployment ${namespace}/${name} of the management cluster: ${available} pods available, ${wanted} wanted`;
    return [
      wanted === 0
        ? { line, remedy: `kubectl --namespace ${namespace} scale deployment ${name} --replicas=1` }
        : { line, remedy: `kubectl --namespace ${namespace} describe pods` },
    ];
  });

/** Returns containers that do not run, and machines without a container. */
export const containerEvidence = ({ objects, containers }: Pick<StuckFacts, "objects" | "containers">): Evidence[] => {
  if (containers === undefined) return [];
  const stopped = containers
    .filter(({ state }) => state !== "running")
    .map(({ name, role, state, status }) => ({
      line: `container ${name} (${role === "external-load-balancer" ? "load balancer of the API" : role}): ${status}`,
      // Cluster API starts a container that it has just created; a start by hand would race with it.
      ...(state === "exited" ? { remedy: `docker start ${name}` } : {}),
    }));
  const gone = objects.flatMap(({ kind, metadata, status, ...object }) => {
    const container = machineContainer(metadata.labels?.["cluster.x-k8s.io/cluster-name"] ?? "", metadata.name);
    const isSimulated = valueAt(object, "spec", "backend", "inMemory") !== undefined;
    const isMachine = ["DevMachine", "DockerMachine"].includes(kind) && !isSimulated;
    const wasCreated = isMachine && valueAt(status, "initialization", "provisioned") === true;
    return wasCreated && metadata.deletionTimestamp === undefined && !containers.some(({ name }) => name === container)
      ? [{ line: `container ${container}: gone`, remedy: `kubectl delete machine ${metadata.name}` }]
      : [];
  });
  const cluster = objects.find(({ kind }) => kind === "Cluster");
  const balancer = containers.some(({ role }) => role === "external-load-balancer");
  const ready = valueAt(cluster, "status", "initialization", "infrastructureProvisioned") === true;
  const onDocker = objects.some(
    (object) => object.kind === "DockerMachine" || valueAt(object, "spec", "backend", "docker") !== undefined,
  );
  const lost = ready && onDocker && !balancer && cluster !== undefined && containers.length > 0;
  return [
    ...gone,
    ...stopped,
    ...(lost ? [{ line: `container ${cluster.metadata.name}-lb (load balancer of the API): gone` }] : []),
  ];
};

/** Errors that the controllers repeat for every cluster until its API answers. */
const beforeApi = /^error (creating REST config|creating HTTP client|getting client)|failed to connect to the cluster/;

/** Returns missing images, and the controller's errors about machines. */
export const imageEvidence = ({
  missingImages,
  controllerLines,
}: Pick<StuckFacts, "missingImages" | "controllerLines">): Evidence[] => [
  ...controllerLines
    .filter((line) => !beforeApi.test(line))
    .map((line) => ({ line: `capd-controller-manager: ${brief(line, 400)}` })),
  ...missingImages.map((image) => ({
    line: `node image ${image} is not in this Docker`,
    remedy: `docker pull ${image}, or another nodeImage or kubernetesVersion`,
  })),
];

/** Returns true for a pod that is ready or has completed. */
export const isRunning = (pod: ApiObject): boolean =>
  valueAt(pod, "status", "phase") === "Succeeded" ||
  conditionsOf(pod).find(({ type }) => type === "Ready")?.status === "True";

interface ContainerStatus {
  state?: { waiting?: { reason?: string; message?: string }; terminated?: { reason?: string; message?: string } };
  lastState?: { terminated?: { reason?: string; message?: string; exitCode?: number } };
}

const podReason = (pod: ApiObject): string => {
  const statuses = ["initContainerStatuses", "containerStatuses"].flatMap(
    (key) => (valueAt(pod, "status", key) as ContainerStatus[] | undefined) ?? [],
  );
  const states = statuses.map(({ state, lastState }) => state?.waiting ?? state?.terminated ?? lastState?.terminated);
  const telling = states.find((one) => one?.message) ?? states.find((one) => one && one.reason !== "PodInitializing");
  const [condition] = badConditions(pod).filter(({ type }) => type === "PodScheduled");
  const { reason, message } = condition ?? telling ?? {};
  return [reason, brief(message ?? "", 200)].filter(Boolean).join(": ") || String(valueAt(pod, "status", "phase"));
};

const path = ({ metadata }: ApiObject): string => `${metadata.namespace}/${metadata.name}`;

const lastEvent = (events: readonly ApiObject[], object: ApiObject): string => {
  const related = events.filter(
    ({ involvedObject: about }) =>
      about?.kind === object.kind &&
      about.name === object.metadata.name &&
      about.namespace === object.metadata.namespace,
  );
  const { reason, message } = related.at(-1) ?? {};
  return message === undefined ? "" : `${reason}: ${brief(message, 250)}`;
};

/** Returns why a pod does not run: its reason, and its last event unless the event repeats the reason. */
export const podEvidence = (pod: ApiObject, events: readonly ApiObject[]): Evidence => {
  const reason = podReason(pod);
  const last = lastEvent(events, pod);
  // The scheduler's event repeats its condition.
  const event = last.slice(-40) === reason.slice(-40) ? "" : last;
  return {
    line: `Pod ${path(pod)}: ${reason}${event ? `; ${event}` : ""}`,
    ...(noSpace.test(last) ? { remedy: `the disk of ${String(valueAt(pod, "spec", "nodeName"))} is full` } : {}),
  };
};

/** Remedies of a node without a resource, by the condition that kubelet reports. */
const pressures: Readonly<Record<string, (node: string) => string>> = {
  DiskPressure: makeRoom,
  MemoryPressure: (node) => `give Docker more memory, or run fewer pods: docker stats ${node}`,
  PIDPressure: (node) => `run fewer processes: docker top ${node}`,
};

/** Returns the resource that a node lacks, for which kubelet evicts pods; undefined for a node with enough of all. */
export const pressureEvidence = (node: ApiObject): Evidence | undefined => {
  const { name } = node.metadata;
  const condition = conditionsOf(node).find(({ type, status }) => type in pressures && status === "True");
  return (
    condition && {
      line: `Node ${name}: ${condition.type}=True: ${brief(condition.message ?? "", 200)}`,
      remedy: pressures[condition.type]!(name),
    }
  );
};

/** Returns the worst condition of a node; undefined for a node in its desired state. */
export const nodeConditionEvidence = (node: ApiObject): Evidence | undefined => {
  const [worst] = badConditions(node);
  if (worst === undefined) return undefined;
  const { name } = node.metadata;
  const message = brief(worst.message ?? "", 200);
  const noCni = /cni plugin not initialized|network plugin is not ready/i.test(message);
  return {
    line: `Node ${name}: ${worst.type}=${worst.status}: ${message}`,
    ...(noCni ? { remedy: "no pod network runs: set cni, or install one" } : {}),
  };
};

/** Returns problems inside the cluster: nodes that are not Ready, pods that do not run, services without an address. */
export const insideEvidence = (
  { workloadObjects = [] }: Pick<StuckFacts, "workloadObjects">,
  podsShown = 4,
): Evidence[] => {
  const events = workloadObjects.filter(({ kind }) => kind === "Event");
  const nodes = workloadObjects
    .filter(({ kind }) => kind === "Node")
    .flatMap((node) => pressureEvidence(node) ?? nodeConditionEvidence(node) ?? []);
  const pods = workloadObjects.filter((object) => object.kind === "Pod" && !isRunning(object));
  const services = workloadObjects.filter(
    (object) =>
      object.kind === "Service" &&
      valueAt(object, "spec", "type") === "LoadBalancer" &&
      ((valueAt(object, "status", "loadBalancer", "ingress") as unknown[] | undefined) ?? []).length === 0,
  );
  return [
    ...pods.slice(0, podsShown).map((pod) => podEvidence(pod, events)),
    ...(pods.length > podsShown ? [{ line: `and ${pods.length - podsShown} more pods` }] : []),
    ...nodes,
    ...services.map((service) => {
      const event = lastEvent(events, service);
      return {
        line: `Service ${path(service)} has no address${event ? `: ${event}` : ": no load balancer has given one"}`,
        ...(/no available IPs/i.test(event) ? { remedy: "a larger loadBalancerPrefix, or fewer services" } : {}),
      };
    }),
  ];
};
