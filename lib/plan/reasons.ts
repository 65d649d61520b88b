import { valueAt } from "../base/json";
import { classAnnotation } from "../base/labels";
import { workloadComponent } from "../base/stackParts";
import { kindOf, partsOf } from "../base/urn";
import { ownsMachines, rollText } from "./machines";
import { type Difference, differences, describeStep, type PlanStep, show, showDifference } from "./step";
import { type TopologyChange, topologyMachines } from "./topology";

/** Returns true if a resource is deleted and created again. */
export const isReplace = ({ op }: PlanStep): boolean =>
  ["replace", "create-replacement", "import-replacement"].includes(op);

/** Returns true for the step of the properties that cannot change while a cluster exists. */
export const isIdentity = ({ urn }: PlanStep): boolean => {
  const { name, ancestors } = partsOf(urn);
  return ancestors.at(-1) === workloadComponent && name.endsWith("-identity");
};

/** Workload kinds whose controllers replace the pods after a change of the pod template. */
const podOwners: readonly string[] = ["Deployment", "DaemonSet", "StatefulSet"];

/** Returns true for an update that makes Kubernetes replace the pods of a workload. */
const rollsPods = (step: PlanStep): boolean =>
  podOwners.includes(kindOf(step.urn)) &&
  valueAt(step.newState?.inputs, "spec", "updateStrategy", "type") !== "OnDelete" &&
  differences(step).some(({ path }) => path.startsWith("spec.template."));

/**
 * Returns in one line why a step is in the plan: the object, and what happens to it or which properties change. The line of
 * an identity step contains only the changes.
 */
export const explain = (step: PlanStep): string => {
  const description = describeStep(step);
  if (step.op === "create") return `${description} is created`;
  if (step.op === "delete") return `${description} is deleted`;
  const changes = differences(step).map(
    (difference) => differenceText(step, difference) + rollText(step, difference) + authorText(step, difference),
  );
  const verb = isReplace(step) && !isIdentity(step) ? " is replaced" : "";
  if (changes.length === 0)
    return verb ? `${description}${verb}` : `${description} is run again, since it did not finish`;
  const effect = verb === "" && rollsPods(step) ? "; its pods are replaced one after the other" : "";
  return isIdentity(step) ? changes.join(", ") : `${description}${verb}: ${changes.join(", ")}${effect}`;
};

/** Returns the line of a changed Cluster with a class; undefined for another step. The checksum of the class is omitted. */
export const explainTopology = (step: PlanStep, topology: TopologyChange | undefined): string | undefined => {
  if (topology === undefined) return undefined;
  const texts = differences(step)
    .filter(({ path }) => !path.includes(classAnnotation) && !path.startsWith("spec.topology.variables"))
    .map((difference) => differenceText(step, difference) + authorText(step, difference));
  const all = [...texts, ...topology.variables];
  return `${describeStep(step)}: ${all.length > 0 ? all.join(", ") : "its class changes"}`;
};

/**
 * Returns a difference as text. An identity's triggers are texts such as "podCidr 10.0.0.0/16", which need no path.
 * Values of a Secret are not shown: an earlier version's state has copies of the data in plain text among the
 * annotations.
 */
const differenceText = (step: PlanStep, difference: Difference): string => {
  if (partsOf(step.urn).type === "kubernetes:core/v1:Secret") return difference.path;
  if (kindOf(step.urn) === "KindCluster" && difference.path === "config") return configText(difference);
  return isIdentity(step)
    ? `${show(difference.before)} → ${show(difference.after).replace(/^\S+ /, "")}`
    : showDifference(difference);
};

/** Returns the lines of kind's configuration that are removed and added. */
const configText = ({ path, before, after }: Difference): string => {
  const [old, lines] = [before, after].map((text) => String(text).split("\n"));
  const only = (one: string[] = [], other: string[] = []): string[] =>
    one.filter((line) => line !== "" && !other.includes(line));
  const removed = only(old, lines).map((line) => `without ${line.replace(/^[\s-]*/, "")}`);
  const added = only(lines, old).map((line) => `with ${line.replace(/^[\s-]*/, "")}`);
  return `${path} ${[...removed, ...added].join(", ")}`;
};

/** Returns who changed the property in the cluster: ` (changed by kubectl)`; empty if the settings changed it. */
const authorText = ({ authors = {} }: PlanStep, { path }: Difference): string => {
  // A difference may be a part of the changed field.
  const [, author] = Object.entries(authors).find(([field]) => path === field || path.startsWith(field)) ?? [];
  return author === undefined ? "" : ` (${author})`;
};

/** Returns what is lost if a part is replaced or destroyed. */
export const lostWith = (part: string, steps: readonly PlanStep[]): string[] => {
  if (part === "network") return ["the Docker network; no container may be on it"];
  if (part === "management cluster") return ["the kind cluster, with all that Cluster API knows of its clusters"];
  const owners = steps.filter(ownsMachines);
  const ofClass = steps.filter(({ urn }) => kindOf(urn) === "Cluster");
  const nodes =
    owners.reduce((total, { oldState }) => total + replicasOf(oldState?.inputs), 0) +
    ofClass.reduce((total, { oldState }) => total + topologyMachines(oldState?.inputs), 0);
  const count = nodes > 0 ? `${nodes} ${nodes === 1 ? "node" : "nodes"} and ` : "its nodes and ";
  return [`the containers of the ${part}: ${count}its load balancer; everything in it, volumes and Secrets included`];
};

const replicasOf = (inputs: Record<string, unknown> | undefined): number => {
  const spec = inputs?.["spec"] as { replicas?: unknown } | undefined;
  return typeof spec?.replicas === "number" ? spec.replicas : 0;
};
