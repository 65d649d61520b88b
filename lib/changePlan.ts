import { type Difference, differences, describeStep, kindOf, partsOf, type PlanStep, showDifference } from "./planStep";

/** What an `up` would do to a part of the stack, mildest first. */
export const changeClasses = ["unchanged", "in place", "rolling", "created", "replaced", "destroyed"] as const;

/** One of them. */
export type ChangeClass = (typeof changeClasses)[number];

/** What happens to one part: the network, the management cluster, the providers, a cluster, or the rest. */
export interface PartPlan {
  part: string;
  change: ChangeClass;
  /** Which object, which property. */
  reasons: string[];
  /** What will be gone afterwards. */
  lost: string[];
}

/** Exit code of `make plan`: nothing to do, changes, or something is replaced or destroyed. */
export const exitCode = (parts: readonly PartPlan[]): 0 | 2 | 3 => {
  if (parts.some(({ change }) => change === "replaced" || change === "destroyed")) return 3;
  return parts.some(({ change }) => change !== "unchanged") ? 2 : 0;
};

const fixedParts = ["network", "management cluster", "providers"] as const;
const partOfComponent: Record<string, (typeof fixedParts)[number]> = {
  "slipway:index:DockerNetwork": "network",
  "slipway:index:ManagementCluster": "management cluster",
  "slipway:index:ImageLoad": "management cluster",
  "slipway:index:CapdImage": "providers",
  "slipway:index:ProviderInstall": "providers",
};
const workloadComponent = "slipway:index:WorkloadCluster";

/** Sorts the steps of a preview by the part they belong to, and says of each part what happens to it. */
export const changePlan = (steps: readonly PlanStep[]): PartPlan[] => {
  const clusters = steps
    .filter(({ urn }) => partsOf(urn).type === workloadComponent)
    .map(({ urn }) => `cluster ${partsOf(urn).name}`);
  const grouped = new Map<string, PlanStep[]>([...fixedParts, ...new Set(clusters)].map((part) => [part, []]));
  for (const step of steps) {
    if (ignored(step)) continue;
    const part = partOf(step, steps);
    grouped.set(part, [...(grouped.get(part) ?? []), step]);
  }
  return [...grouped].map(([part, own]) => judge(part, own));
};

/** Components and the stack are no things of their own; what is only read changes nothing. */
const ignored = ({ op, urn }: PlanStep): boolean => {
  const { type, name } = partsOf(urn);
  if (type.startsWith("slipway:") || type === "pulumi:pulumi:Stack") return true;
  return (type.startsWith("pulumi:providers:") && name.startsWith("default")) || /^(read|discard)/.test(op);
};

/**
 * The part a resource belongs to. Names prove nothing (one may begin with another), so a cluster is found by the
 * component around a resource, or by the component around the Cluster object with which the resource ends.
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

/** The resource that is the part itself; a part without one is only the sum of its resources. */
const isRoot = ({ urn }: PlanStep): boolean => {
  const { type, name, ancestors } = partsOf(urn);
  const owner = ancestors.at(-1);
  return (
    type === "docker:index/network:Network" ||
    (owner === "slipway:index:ManagementCluster" && name.endsWith("-kind")) ||
    (owner === workloadComponent && kindOf(urn) === "Cluster") ||
    isIdentity(urn)
  );
};

/** The step that stands for what cannot change while a cluster lives. */
const isIdentity = (urn: string): boolean => {
  const { name, ancestors } = partsOf(urn);
  return ancestors.at(-1) === workloadComponent && name.endsWith("-identity");
};

const judge = (part: string, steps: readonly PlanStep[]): PartPlan => {
  const changed = steps.filter(({ op }) => op !== "same");
  if (changed.length === 0) return { part, change: "unchanged", reasons: [], lost: [] };
  const roots = changed.filter(isRoot);
  const replaced = roots.filter(({ op }) => isReplace(op));
  const gone = roots.some(({ op }) => op === "delete");
  const fresh = roots.some(({ op }) => op === "create") || steps.every(({ op }) => op === "create");
  if (replaced.length > 0 || (gone && fresh)) {
    // Everything inside goes with it; what made it so is the news.
    const causes = replaced.filter((step) => differences(step).length > 0);
    const reasons = (causes.length > 0 ? causes : roots).map(explain);
    return { part, change: "replaced", reasons, lost: lostWith(part, steps) };
  }
  if (gone) return { part, change: "destroyed", reasons: [counted(changed)], lost: lostWith(part, steps) };
  if (fresh) return { part, change: "created", reasons: [counted(changed)], lost: [] };
  const inner = changed.map((step) => ({ step, change: classOf(step) }));
  const change = changeClasses[Math.max(...inner.map((one) => changeClasses.indexOf(one.change)))] ?? "in place";
  // Templates are named by their content: one made and one removed is what a rolling change looks like.
  const told = inner.filter(({ step }) => change !== "rolling" || !isTemplate(step));
  const order = [...told].sort((a, b) => changeClasses.indexOf(b.change) - changeClasses.indexOf(a.change));
  return { part, change, reasons: order.map((one) => explain(one.step)), lost: [] };
};

const counted = ({ length }: readonly PlanStep[]): string => `${length} ${length === 1 ? "resource" : "resources"}`;

const isReplace = (op: string): boolean => ["replace", "create-replacement", "import-replacement"].includes(op);

const isTemplate = ({ urn }: PlanStep): boolean => kindOf(urn).endsWith("Template");

const classOf = (step: PlanStep): ChangeClass => {
  if (isReplace(step.op)) return "replaced";
  return step.op === "update" && rolls(step) ? "rolling" : "in place";
};

/** Fields of the machines' owners that change in place; Cluster API hands them on without a new machine. */
const keptMachines = /^spec\.template\.spec\.(deletion|minReadySeconds|readinessGates|taints)\b/;
const newMachines: Record<string, RegExp> = {
  KubeadmControlPlane:
    /^spec\.(version|kubeadmConfigSpec|machineTemplate\.spec\.infrastructureRef|rollout\.(before|after))\b/,
  MachineDeployment: /^spec\.(template\.spec|rollout\.after)\b/,
};

const rolls = (step: PlanStep): boolean => {
  const fields = newMachines[kindOf(step.urn)];
  return fields !== undefined && differences(step).some(({ path }) => fields.test(path) && !keptMachines.test(path));
};

const explain = (step: PlanStep): string => {
  const what = describeStep(step);
  if (step.op === "create") return `${what} is made`;
  if (step.op === "delete") return `${what} is removed`;
  const changes = differences(step).map((difference) => told(step, difference));
  const verb = isReplace(step.op) && !isIdentity(step.urn) ? " is replaced" : "";
  if (changes.length === 0) return verb ? `${what}${verb}` : `${what} is run again, since it did not finish`;
  return isIdentity(step.urn) ? changes.join(", ") : `${what}${verb}: ${changes.join(", ")}`;
};

/** An identity's triggers are texts such as "podCidr 10.0.0.0/16" that speak for themselves. */
const told = (step: PlanStep, difference: Difference): string =>
  isIdentity(step.urn)
    ? `${String(difference.before ?? "(none)")} → ${String(difference.after ?? "(none)").replace(/^\S+ /, "")}`
    : showDifference(difference);

const lostWith = (part: string, steps: readonly PlanStep[]): string[] => {
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
