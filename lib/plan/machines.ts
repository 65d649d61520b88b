import { stableJson, valueAt } from "../base/json";
import { kindOf, partsOf } from "../base/urn";
import { type Difference, differences, type PlanStep, showDifference } from "./step";

/** Fields of the machines' owners that Cluster API applies in place, without new machines. */
const keptMachines = /^spec\.template\.spec\.(deletion|minReadySeconds|readinessGates|taints)\b/;
const newMachines: Record<string, RegExp> = {
  KubeadmControlPlane:
    /^spec\.(version|kubeadmConfigSpec|machineTemplate\.spec\.infrastructureRef|rollout\.(before|after))\b/,
  MachineDeployment: /^spec\.(template\.spec|rollout\.after)\b/,
  MachinePool: /^spec\.template\.spec\.(version|infrastructureRef)\b/,
  DevMachinePool: /^spec\.backend\.docker\.customImage\b/,
};

/** Returns true for an object that owns machines. */
export const ownsMachines = ({ urn }: PlanStep): boolean => kindOf(urn) in newMachines;

const kubeadm = /^spec\.kubeadmConfigSpec\./;

/** Settings of kubeadm that Cluster API ignores when it compares machines with their owner. */
const keptKubeadm =
  /^spec\.kubeadmConfigSpec\.(clusterConfiguration\.dns\b|joinConfiguration\.discovery\b|.*\.timeouts\.controlPlaneComponentHealthCheckSeconds$)/;

/** Returns what of initConfiguration or joinConfiguration Cluster API compares. */
const comparedNode = (inputs: Record<string, unknown> | undefined, configuration: "init" | "join"): string => {
  const at = (...path: string[]): unknown =>
    valueAt(inputs, "spec", "kubeadmConfigSpec", `${configuration}Configuration`, ...path);
  const endpoint = configuration === "init" ? at("localAPIEndpoint") : at("controlPlane", "localAPIEndpoint");
  return stableJson([at("nodeRegistration"), at("patches"), at("skipPhases"), endpoint].map((value) => value ?? null));
};

/**
 * Returns the machines that a changed setting of kubeadm rolls. Cluster API compares a machine of `kubeadm init` with
 * joinConfiguration first, so that such a machine stays if one of the two configurations still describes it.
 */
const rolledBy = ({ oldState, newState }: PlanStep, path: string): "machines" | "first" | "joined" | "none" => {
  if (keptKubeadm.test(path)) return "none";
  if (path.startsWith("spec.kubeadmConfigSpec.joinConfiguration")) return "joined";
  if (!path.startsWith("spec.kubeadmConfigSpec.initConfiguration")) return "machines";
  const before = comparedNode(oldState?.inputs, "init");
  return before === comparedNode(newState?.inputs, "join") ? "none" : "first";
};

const texts = {
  machines: " (rolls machines)",
  first: " (rolls the first machine)",
  joined: " (rolls machines that joined)",
  none: " (rolls no machine)",
  later: " (reaches new machines only)",
} as const;

/** Returns the machines that a changed setting of kubeadm rolls, as text; empty for all other fields. */
export const rollText = (step: PlanStep, { path }: Difference): string =>
  kindOf(step.urn) === "KubeadmControlPlane" && kubeadm.test(path) ? texts[rolledBy(step, path)] : "";

/** Returns true for an update that makes Cluster API replace machines. */
export const rollsMachines = (step: PlanStep): boolean => {
  const fields = newMachines[kindOf(step.urn)];
  return (
    fields !== undefined &&
    differences(step).some(
      (difference) =>
        fields.test(difference.path) &&
        !keptMachines.test(difference.path) &&
        rollText(step, difference) !== texts.none,
    )
  );
};

/** Returns true for a template of machines, whose name has a hash of the template's content. */
export const isTemplate = ({ urn }: PlanStep): boolean => kindOf(urn).endsWith("Template");

/** Returns true for the configuration of a MachinePool's machines, whose name has a hash of its content too. */
const isConfig = ({ urn }: PlanStep): boolean => kindOf(urn) === "KubeadmConfig";

/** Returns kind, namespace and name of a template, without the hash. */
const templateKey = ({ urn }: PlanStep): string => {
  const [, ...object] = partsOf(urn).name.split("/");
  return object.join("/").replace(/-[0-9a-f]{8}$/, "");
};

/**
 * Returns the changed fields of each template, and of each configuration of a MachinePool, that another object replaces:
 * one line for each of them. The owners of the machines show only the names.
 */
export const templateReasons = (steps: readonly PlanStep[]): string[] => {
  const templates = steps.filter((step) => isTemplate(step) || isConfig(step));
  return templates
    .filter(({ op }) => op === "create")
    .flatMap((created) => {
      const key = templateKey(created);
      const deleted = templates.find((one) => one.op === "delete" && templateKey(one) === key);
      if (deleted === undefined) return [];
      const changes = differences({ ...created, oldState: deleted.oldState ?? {} }).filter(({ path }) =>
        path.startsWith("spec."),
      );
      if (changes.length === 0) return [];
      // No machine comes from the template of a cluster's infrastructure.
      const isOfCluster = kindOf(created.urn).endsWith("ClusterTemplate");
      const text = isConfig(created) ? texts.later : isOfCluster ? "" : texts.machines;
      const shown = changes.map((difference) => showDifference(difference) + text);
      return [`${key.replace("/", " ")}: ${shown.join(", ")}`];
    });
};
