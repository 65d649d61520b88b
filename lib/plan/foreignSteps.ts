import { fieldAt, withField } from "./fieldOwners";
import type { ChangedField, ForeignChange } from "./foreignChanges";
import { differences, type PlanStep } from "./step";
import { stableJson } from "../base/json";

/** Placeholder for a value that a plan must not show; the engine uses the same. */
const hidden = "[secret]";

/** Returns who changed a field: `changed by kubectl`, `removed` or `changed`. */
export const describeAuthor = ({ managers, live, isSecret }: ChangedField): string => {
  if (managers.length > 0) return `changed by ${managers.join(", ")}`;
  return live === undefined && !isSecret ? "removed" : "changed";
};

/** Returns a changed field with its author: `spec.replicas changed by kubectl`. */
export const describeField = (field: ChangedField): string => `${field.text} ${describeAuthor(field)}`;

/** Returns the paths that a step changes by itself. */
const ownPaths = (step: PlanStep): Record<string, unknown> =>
  Object.fromEntries(differences(step).map(({ path }) => [path, { kind: "update" }]));

/** Returns a step that sets changed fields back, in addition to its own changes. */
const withFields = (step: PlanStep, fields: readonly ChangedField[]): PlanStep => {
  const state = step.newState ?? step.oldState ?? {};
  const wanted = state.inputs ?? {};
  // The settings may already have the value that somebody set in the cluster.
  const differing = fields.filter(
    ({ path, live, isSecret }) => isSecret || stableJson(live ?? null) !== stableJson(fieldAt(wanted, path) ?? null),
  );
  if (differing.length === 0) return step;
  const before = differing.reduce<unknown>(
    (object, { path, live, isSecret }) => withField(object, path, isSecret ? hidden : live),
    step.oldState?.inputs ?? wanted,
  );
  return {
    ...step,
    op: "update",
    oldState: { ...step.oldState, inputs: before as Record<string, unknown> },
    newState: { ...state, inputs: wanted },
    detailedDiff: {
      ...(step.op === "update" ? ownPaths(step) : {}),
      ...Object.fromEntries(differing.map(({ text }) => [text, { kind: "update" }])),
    },
    authors: Object.fromEntries(differing.map((field) => [field.text, describeAuthor(field)])),
  };
};

/** Returns the steps as `up` runs them: it sets the fields back that somebody changed in the clusters. */
export const withForeignChanges = (steps: readonly PlanStep[], changes: readonly ForeignChange[]): PlanStep[] => {
  const fieldsByUrn = new Map(changes.map(({ urn, fields }) => [urn, fields]));
  return steps.map((step) => {
    const fields = ["same", "update"].includes(step.op) ? fieldsByUrn.get(step.urn) : undefined;
    return fields === undefined ? step : withFields(step, fields);
  });
};
