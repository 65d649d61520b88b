import { valueAt } from "../base/json";
import { type ApiObject, conditionsOf, type Reference } from "../diagnosis/facts";
import { withoutCommand } from "../diagnosis/nodes";
import type { EngineWork, Work } from "./engineWork";
import type { Phase } from "./phase";

/** Parts of a workload cluster that its settings decide. */
export interface WorkloadTrack {
  name: string;
  namespace: string;
  /** True for simulated machines, which run no pods. */
  isInMemory: boolean;
  hasLoadBalancer: boolean;
  hasApplication: boolean;
}

/** What is known about a workload cluster. */
export interface WorkloadFacts {
  work: EngineWork;
  /** Objects of the management cluster; undefined before its API has answered. */
  management: readonly ApiObject[] | undefined;
  /** Objects of the cluster itself; undefined before its API has answered. */
  workload: readonly ApiObject[] | undefined;
}

const isTrue = (object: ApiObject | undefined, type: string): boolean =>
  object !== undefined &&
  conditionsOf(object).some((condition) => condition.type === type && condition.status === "True");

/** Returns the objects of a cluster in the lists of its management cluster. */
export const objectsOfCluster = (
  { name, namespace }: Pick<WorkloadTrack, "name" | "namespace">,
  objects: readonly ApiObject[],
): ApiObject[] =>
  objects.filter(({ kind, metadata }) => {
    if (metadata.namespace !== namespace) return false;
    return kind === "Cluster" ? metadata.name === name : metadata.labels?.["cluster.x-k8s.io/cluster-name"] === name;
  });

const isControlPlane = ({ metadata }: ApiObject): boolean =>
  metadata.labels?.["cluster.x-k8s.io/control-plane"] !== undefined;

/** Returns the machine's infrastructure, such as a DevMachine. */
const infrastructureOf = (objects: readonly ApiObject[], machine: ApiObject): ApiObject | undefined => {
  const { kind, name } = (valueAt(machine, "spec", "infrastructureRef") ?? {}) as Partial<Reference>;
  return objects.find((object) => object.kind === kind && object.metadata.name === name);
};

const phaseOf = (machine: ApiObject): unknown => valueAt(machine, "status", "phase");

/** Returns true if the machine exists: its container runs, or its provider reports the machine as provisioned. */
const isProvisioned = (machine: ApiObject, infrastructure: ApiObject | undefined): boolean =>
  isTrue(infrastructure, "ContainerProvisioned") || ["Provisioned", "Running"].includes(String(phaseOf(machine)));

const bootstrapTypes: readonly string[] = ["BootstrapCompleted", "BootstrapExecSucceeded"];

/** Returns how far a machine's commands are: `init` while kubeadm runs, and before that the number of the command. */
const bootstrapDetail = (infrastructure: ApiObject | undefined): Pick<Phase, "detail" | "note"> => {
  const condition = infrastructure && conditionsOf(infrastructure).find(({ type }) => bootstrapTypes.includes(type));
  const [text = ""] = withoutCommand(condition?.message ?? "").split("\n");
  const [, phase] = /kubeadm (init|join)/.exec(text) ?? [];
  const [, count] = /\((?:command )?(\d+ of \d+)\)$/.exec(text) ?? [];
  if (phase !== undefined) return { detail: phase };
  return count === undefined ? {} : { detail: "prepares the node", note: `command ${count}` };
};

/** Kinds of the objects that own machines. */
const owners = /ControlPlane$|^MachineDeployment$|^MachinePool$/;

/** Returns how many nodes the owners of machines request. */
export const desiredNodes = (objects: readonly ApiObject[]): number =>
  objects.reduce((nodes, object) => {
    const replicas = valueAt(object, "spec", "replicas");
    return owners.test(object.kind) && typeof replicas === "number" ? nodes + replicas : nodes;
  }, 0);

const isDone = (work: Work | undefined): boolean => work?.state === "done";
const isRunning = (work: Work | undefined): boolean => work?.state === "running";

/** Counts the nodes that are Ready; without the cluster's own API, the machines whose node Cluster API reports as Ready. */
const readyNodes = (objects: readonly ApiObject[], workload: readonly ApiObject[] | undefined): number =>
  workload === undefined
    ? objects.filter((object) => object.kind === "Machine" && isTrue(object, "NodeReady")).length
    : workload.filter((object) => object.kind === "Node" && isTrue(object, "Ready")).length;

const loadBalancers = (workload: readonly ApiObject[]): ApiObject[] =>
  workload.filter(({ kind, ...object }) => kind === "Service" && valueAt(object, "spec", "type") === "LoadBalancer");

const hasAddress = (service: ApiObject): boolean =>
  ((valueAt(service, "status", "loadBalancer", "ingress") as unknown[] | undefined) ?? []).length > 0;

/** Returns the phases of the control plane, which Cluster API reports. */
const controlPlanePhases = (track: WorkloadTrack, facts: WorkloadFacts, objects: readonly ApiObject[]): Phase[] => {
  const { work, workload } = facts;
  const cluster = objects.find(({ kind }) => kind === "Cluster");
  const machines = objects.filter((object) => object.kind === "Machine" && isControlPlane(object));
  const [first] = machines;
  const infrastructure = first && infrastructureOf(objects, first);
  const answers = workload !== undefined || isDone(work.step(`${track.name}-api`));
  const initialized =
    answers ||
    valueAt(cluster, "status", "initialization", "controlPlaneInitialized") === true ||
    isTrue(cluster, "ControlPlaneInitialized");
  const bootstrapped = initialized || bootstrapTypes.some((type) => isTrue(infrastructure, type));
  const provisioned = bootstrapped || (first !== undefined && isProvisioned(first, infrastructure));
  const isReady = provisioned || valueAt(cluster, "status", "initialization", "infrastructureProvisioned") === true;
  const waits = cluster === undefined ? "waits for the management cluster" : undefined;
  const bootstrap = bootstrapDetail(infrastructure);
  const usesKubeadm = objects.some(({ kind }) => kind === "KubeadmControlPlane") || cluster === undefined;
  return [
    { name: "infrastructure", isDone: isReady, ...(waits ? { detail: waits } : {}) },
    { name: "machine", isDone: provisioned },
    ...(usesKubeadm && !track.isInMemory ? [{ name: "kubeadm", isDone: bootstrapped, ...bootstrap }] : []),
    { name: "API", isDone: initialized },
  ];
};

/** Returns the phases of a workload cluster, from its infrastructure to its application. */
export const workloadPhases = (track: WorkloadTrack, facts: WorkloadFacts): Phase[] => {
  const { name, isInMemory, hasLoadBalancer, hasApplication } = track;
  const { work, management = [], workload } = facts;
  const objects = objectsOfCluster(track, management);
  const wanted = desiredNodes(objects);
  const ready = readyNodes(objects, workload);
  const step = work.step(`${name}-nodes`);
  // Cluster API reports the nodes up to 30 s after they are Ready, and the step waits for the report.
  const settled = wanted > 0 && ready >= wanted;
  const isNew = work.step(`${name}-api`)?.isChange === true && !isInMemory;
  const nodesDone = isDone(step) || (settled && !isRunning(step) && !isNew);
  const count = wanted > 0 ? `${ready} of ${wanted}${settled ? ", waits for Cluster API" : ""}` : undefined;
  const services = loadBalancers(workload ?? []);
  const pools = work.childrenOf("MetalLb").filter((pool) => pool.name.startsWith(`${name}-metallb/IPAddressPool/`));
  const balanced = pools.some(isDone) || services.some(hasAddress);
  const request = work.step(`${name}-application-request`);
  // An application of an earlier run counts until the engine asks for its page.
  const serves = !isNew && request === undefined && services.some(hasAddress) && applicationRuns(workload ?? []);
  const answer = isRunning(request) ? "waits for the answer" : applicationDetail(workload ?? []);
  return [
    ...controlPlanePhases(track, facts, objects),
    ...(isInMemory ? [] : [{ name: "pod network", isDone: nodesDone || ready > 0 }]),
    { name: "nodes", isDone: nodesDone, ...(count ? { detail: count } : {}) },
    ...(hasLoadBalancer ? [{ name: "load balancer", isDone: balanced || isDone(request) }] : []),
    ...(hasApplication
      ? [{ name: "application", isDone: serves || isDone(request), ...(answer ? { detail: answer } : {}) }]
      : []),
  ];
};

/** Returns the pod of the application. */
const applicationPod = (workload: readonly ApiObject[]): ApiObject | undefined =>
  workload.find(({ kind, metadata }) => kind === "Pod" && metadata.labels?.app === "nginx");

const applicationRuns = (workload: readonly ApiObject[]): boolean => isTrue(applicationPod(workload), "Ready");

const applicationDetail = (workload: readonly ApiObject[]): string | undefined =>
  applicationPod(workload) === undefined || applicationRuns(workload) ? undefined : "its pod starts";
