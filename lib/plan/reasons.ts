import { kindOf, partsOf } from "../base/urn";
import { type Difference, differences, describeStep, type PlanStep, show, showDifference } from "./step";

/** The component of a workload cluster; what it makes is that cluster's. */
export const workloadComponent = "slipway:index:WorkloadCluster";

/** Whether a resource is deleted and made again. */
export const isReplace = ({ op }: PlanStep): boolean =>
  ["replace", "create-replacement", "import-replacement"].includes(op);

/** The step that stands for what cannot change while a cluster lives. */
export const isIdentity = ({ urn }: PlanStep): boolean => {
  const { name, ancestors } = partsOf(urn);
  return ancestors.at(-1) === workloadComponent && name.endsWith("-identity");
};

/** Fields of the machines' owners that change in place; Cluster API hands them on without a new machine. */
const keptMachines = /^spec\.template\.spec\.(deletion|minReadySeconds|readinessGates|taints)\b/;
const newMachines: Record<string, RegExp> = {
  KubeadmControlPlane:
    /^spec\.(version|kubeadmConfigSpec|machineTemplate\.spec\.infrastructureRef|rollout\.(before|after))\b/,
  MachineDeployment: /^spec\.(template\.spec|rollout\.after)\b/,
};

/** Whether an update makes Cluster API take new machines for the old ones. */
export const rollsMachines = (step: PlanStep): boolean => {
  const fields = newMachines[kindOf(step.urn)];
  return fields !== undefined && differences(step).some(({ path }) => fields.test(path) && !keptMachines.test(path));
};

/** Why a step is in the plan: the object and its properties, in a line. */
export const explain = (step: PlanStep): string => {
  const what = describeStep(step);
  if (step.op === "create") return `${what} is made`;
  if (step.op === "delete") return `${what} is removed`;
  const changes = differences(step).map((difference) => told(step, difference));
  const verb = isReplace(step) && !isIdentity(step) ? " is replaced" : "";
  if (changes.length === 0) return verb ? `${what}${verb}` : `${what} is run again, since it did not finish`;
  return isIdentity(step) ? changes.join(", ") : `${what}${verb}: ${changes.join(", ")}`;
};

/**
 * An identity's triggers are texts such as "podCidr 10.0.0.0/16" that speak for themselves. No value of a Secret is
 * shown: an earlier version's state has copies of the data in clear among the annotations.
 */
const told = (step: PlanStep, difference: Difference): string => {
  if (partsOf(step.urn).type === "kubernetes:core/v1:Secret") return difference.path;
  return isIdentity(step)
    ? `${show(difference.before)} → ${show(difference.after).replace(/^\S+ /, "")}`
    : showDifference(difference);
};

/** What is gone after a part was replaced or destroyed. */
export const lostWith = (part: string, steps: readonly PlanStep[]): string[] => {
  if (part === "network") return ["the Docker network; no container may be on it"];
  if (part === "management cluster") return ["the kind cluster, with all that Cluster API knows of its clusters"];
  const owners = steps.filter(({ urn }) => kindOf(urn) in newMachines);
  const nodes = owners.reduce((sum, { oldState }) => sum + replicasOf(oldState?.inputs), 0);
  const count = nodes > 0 ? `${nodes} ${nodes === 1 ? "node" : "nodes"} and ` : "its nodes and ";
  return [`the containers of the ${part}: ${count}its load balancer; everything in it, volumes and Secrets included`];
};

const replicasOf = (inputs: Record<string, unknown> | undefined): number => {
  const spec = inputs?.["spec"] as { replicas?: unknown } | undefined;
  return typeof spec?.replicas === "number" ? spec.replicas : 0;
};
