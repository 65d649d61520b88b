import { partOfComponent, workloadComponent } from "../base/stackParts";
import { kindOf, partsOf } from "../base/urn";
import { type DeletedSteps, withDeletedSteps } from "./deletedSteps";
import { isTemplate, rollsMachines, templateReasons } from "./machines";
import { explain as explainChange, explainTopology, isIdentity, isReplace, lostWith } from "./reasons";
import { type TopologyChange, topologyChanges } from "./topology";
import { type ChangeClass, changeClasses, type PartPlan, type PlanStep } from "./step";

/** Returns the exit code of `make plan`: 0 without changes, 2 with changes, 3 if a part is replaced or destroyed. */
export const exitCode = (parts: readonly PartPlan[]): 0 | 2 | 3 => {
  if (parts.some(({ change }) => isLoss(change))) return 3;
  return parts.some(({ change }) => change !== "unchanged") ? 2 : 0;
};

const fixedParts = ["network", "management cluster", "providers"] as const;

/**
 * Groups the steps of a preview by part, and returns what happens to each part.
 *
 * @param deleted - objects that somebody deleted without Slipway; default: none
 */
export const changePlan = (previewed: readonly PlanStep[], deleted?: DeletedSteps): PartPlan[] => {
  const steps = deleted === undefined ? previewed : withDeletedSteps(previewed, deleted);
  const topologies = topologyChanges(steps);
  const explain = (step: PlanStep): string =>
    deleted?.reasons.get(step.urn) ?? explainTopology(step, topologies.get(step.urn)) ?? explainChange(step);
  const clusters = steps
    .filter(({ urn }) => partsOf(urn).type === workloadComponent)
    .map(({ urn }) => `cluster ${partsOf(urn).name}`);
  const grouped = new Map<string, PlanStep[]>([...fixedParts, ...new Set(clusters)].map((part) => [part, []]));
  for (const step of steps) {
    if (ignored(step)) continue;
    const part = partOf(step, steps);
    grouped.set(part, [...(grouped.get(part) ?? []), step]);
  }
  const parts = [...grouped].map(([part, members]) => ({ ...planPart(part, members, explain, topologies), members }));
  const lost = parts.some(({ part, change }) => part === "management cluster" && isLoss(change));
  return parts.map(({ members, ...plan }) => (lost ? lostWithManagement(plan, members) : plan));
};

const isLoss = (change: ChangeClass): boolean => change === "replaced" || change === "destroyed";

/**
 * Returns the plan of a part whose management cluster is lost. Its own changes would be misleading, because nothing in
 * it continues to work.
 */
const lostWithManagement = (plan: PartPlan, steps: readonly PlanStep[]): PartPlan => {
  const { part, change } = plan;
  const isInside = part === "providers" || part.startsWith("cluster ");
  if (!isInside || isLoss(change) || change === "created") return plan;
  const lost = part === "providers" ? [] : lostWith(part, steps);
  return { part, change: "replaced", reasons: ["the management cluster is another one"], lost };
};

/** Returns true for components, the stack and reads, which change nothing themselves. */
const ignored = ({ op, urn }: PlanStep): boolean => {
  const { type, name } = partsOf(urn);
  if (type.startsWith("slipway:") || type === "pulumi:pulumi:Stack") return true;
  return (type.startsWith("pulumi:providers:") && name.startsWith("default")) || /^(read|discard|refresh)/.test(op);
};

/**
 * Returns the part of a resource. Names are not reliable, since one name may start with another. A cluster is found by
 * the component around a resource, or by the component around the Cluster object in `deletedWith`.
 */
const partOf = (step: PlanStep, steps: readonly PlanStep[]): string => {
  const { ancestors } = partsOf(step.urn);
  const fixed = ancestors.map((type) => partOfComponent[type]).find((part) => part !== undefined);
  if (fixed) return fixed;
  const { parent, deletedWith } = step.newState ?? step.oldState ?? {};
  if (ancestors.at(-1) === workloadComponent && parent) return `cluster ${partsOf(parent).name}`;
  if (deletedWith) {
    const lifetime = steps.find(({ urn }) => urn === deletedWith);
    if (lifetime && lifetime !== step) return partOf(lifetime, steps);
    // A Cluster object is named `<cluster>/Cluster/…`; a cluster's name has no slash.
    if (kindOf(deletedWith) === "Cluster") return `cluster ${partsOf(deletedWith).name.split("/")[0]}`;
  }
  return "other";
};

/** Returns true for the main resource of a part. A part without a main resource is the set of its resources. */
const isRoot = ({ urn }: PlanStep): boolean => {
  const { type, name, ancestors } = partsOf(urn);
  const owner = ancestors.at(-1);
  return (
    type === "docker:index/network:Network" ||
    (owner === "slipway:index:ManagementCluster" && name.endsWith("-kind")) ||
    (owner === workloadComponent && kindOf(urn) === "Cluster")
  );
};

const planPart = (
  part: string,
  steps: readonly PlanStep[],
  explain: (step: PlanStep) => string,
  topologies: ReadonlyMap<string, TopologyChange>,
): PartPlan => {
  const changed = steps.filter(({ op }) => op !== "same");
  if (changed.length === 0) return { part, change: "unchanged", reasons: [], lost: [] };
  const roots = changed.filter(isRoot);
  const leads = changed.filter((step) => isIdentity(step) && isReplace(step));
  const replaced = leads.length > 0 ? leads : roots.filter(isReplace);
  const gone = roots.some(({ op }) => op === "delete");
  const fresh = roots.some(({ op }) => op === "create") || steps.every(({ op }) => op === "create");
  if (replaced.length > 0 || (gone && fresh)) {
    // Everything in the part is replaced too, so only the cause is reported.
    const reasons = (replaced.length > 0 ? replaced : roots).map(explain);
    return { part, change: "replaced", reasons, lost: lostWith(part, steps) };
  }
  if (gone) return { part, change: "destroyed", reasons: [counted(changed)], lost: lostWith(part, steps) };
  if (fresh) return { part, change: "created", reasons: [counted(changed)], lost: [] };
  const inner = changed.map((step) => ({ step, change: classOf(step, topologies.get(step.urn)) }));
  const change = changeClasses[Math.max(...inner.map((one) => changeClasses.indexOf(one.change)))] ?? "in place";
  // Templates are named by their content: a rolling change creates one and deletes another.
  const shown = inner.filter(({ step }) => change !== "rolling" || !isTemplate(step));
  const order = [...shown].sort((a, b) => changeClasses.indexOf(b.change) - changeClasses.indexOf(a.change));
  const reasons = order.flatMap(({ step }) => [explain(step), ...(topologies.get(step.urn)?.reasons ?? [])]);
  return { part, change, reasons: [...reasons, ...templateReasons(changed)], lost: [] };
};

const counted = ({ length }: readonly PlanStep[]): string => `${length} ${length === 1 ? "resource" : "resources"}`;

const classOf = (step: PlanStep, topology: TopologyChange | undefined): ChangeClass => {
  if (isReplace(step)) return "replaced";
  return step.op === "update" && (rollsMachines(step) || topology?.rolls === true) ? "rolling" : "in place";
};
