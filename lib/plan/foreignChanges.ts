import { isContainer, isRecord, stableJson } from "../base/json";
import { signatureKey } from "../base/pulumiMarks";
import { isAutoscaled } from "../base/autoscaler";
import type { RecordedObject } from "./deletedObjects";
import {
  fieldAt,
  type FieldPath,
  fieldText,
  keysText,
  lostFields,
  type ManagedFields,
  ownersOf,
  withField,
} from "./fieldOwners";

/** A field of the stack's object that somebody else changed or removed. */
export interface ChangedField {
  path: FieldPath;
  /** The path as text, as in a plan. */
  text: string;
  /** Value in the cluster; undefined if the field was removed. */
  live: unknown;
  /** Field managers that own the value now, latest first. */
  managers: string[];
  /** True if the value must not be shown. */
  isSecret: boolean;
}

/** The foreign changes of one object. */
export interface ForeignChange {
  urn: string;
  /** Name of the cluster's provider. */
  cluster: string;
  object: Pick<RecordedObject, "apiVersion" | "kind" | "namespace" | "name">;
  fields: ChangedField[];
}

/** What other programs did to the objects of a stack. */
export interface ForeignFindings {
  /** Objects with fields that somebody changed. */
  changes: ForeignChange[];
  /** URNs of objects whose replicas the autoscaler sets. */
  autoscaled: string[];
  /** True if another program owns a field of the stack's objects, also with an equal value. */
  isContested: boolean;
}

/** An object of the stack, as Pulumi recorded it after its last apply. */
export interface AppliedObject {
  inputs: Readonly<Record<string, unknown>>;
  /** The object as the API server returned it. */
  outputs: Readonly<Record<string, unknown>>;
}

const isReplicas = (path: FieldPath): boolean => keysText(path) === "spec.replicas";

/** Returns the name under which the stack applies an object; undefined if it did not use server-side apply. */
const managerOf = ({ outputs }: AppliedObject): string | undefined => {
  const manager = outputs["__fieldManager"];
  return typeof manager === "string" ? manager : undefined;
};

/** Returns the fields that the stack's manager does not own in an object. */
export const fieldsWithoutOwnership = (
  applied: AppliedObject,
  managedFields: readonly ManagedFields[],
  annotations: unknown,
): FieldPath[] => {
  const manager = managerOf(applied);
  if (manager === undefined) return [];
  const fields = lostFields(applied.inputs, managedFields, manager);
  const written = (applied.inputs["metadata"] as Record<string, unknown> | undefined)?.["annotations"];
  return isAutoscaled(annotations) || isAutoscaled(written) ? fields.filter((path) => !isReplicas(path)) : fields;
};

/** Returns true if a certificate's authority was injected. The injector writes this field of the stack's object. */
const isInjected = (path: FieldPath): boolean => path.at(-1) === "caBundle";

const isMarked = (value: unknown): boolean => isRecord(value) && signatureKey in value;

const hasMark = (value: unknown): boolean =>
  isMarked(value) || (isContainer(value) && Object.values(value).some(hasMark));

/** Returns true if the engine encrypted a field, a part of the field or a map around the field. */
const isInSecret = (object: unknown, path: FieldPath): boolean =>
  path.some((_, length) => isMarked(fieldAt(object, path.slice(0, length)))) || hasMark(fieldAt(object, path));

const isAbsent = (value: unknown): boolean => value === undefined || value === null;

/** Returns true if two values say the same: an empty value and an absent one do. */
const isSame = (one: unknown, other: unknown): boolean => {
  const isNothing = (value: unknown): boolean =>
    isAbsent(value) || (typeof value === "object" && Object.keys(value as object).length === 0);
  return (isNothing(one) && isNothing(other)) || stableJson(one) === stableJson(other);
};

/**
 * Returns the fields of an object whose value differs from the one after the last apply.
 *
 * @param paths - fields that the stack's manager does not own
 * @param live - the object in its cluster
 */
export const changedFields = (
  applied: AppliedObject,
  paths: readonly FieldPath[],
  live: Readonly<Record<string, unknown>>,
): ChangedField[] => {
  const managedFields = ((live["metadata"] as { managedFields?: ManagedFields[] } | undefined)?.managedFields ??
    []) as readonly ManagedFields[];
  return paths
    .filter((path) => !isInjected(path))
    .flatMap((path) => {
      const isSecret =
        live["kind"] === "Secret" || isInSecret(applied.outputs, path) || isInSecret(applied.inputs, path);
      const value = fieldAt(live, path);
      if (!isInSecret(applied.outputs, path) && isSame(value, fieldAt(applied.outputs, path))) return [];
      const managers = ownersOf(path, managedFields, managerOf(applied) ?? "");
      return [{ path, text: fieldText(applied.inputs, path), live: isSecret ? undefined : value, managers, isSecret }];
    });
};

/** Returns true if another program owns a field that the stack's object contains, whatever the value is. */
export const isContested = (
  applied: AppliedObject,
  paths: readonly FieldPath[],
  managedFields: readonly ManagedFields[],
): boolean =>
  paths.some((path) => !isInjected(path) && ownersOf(path, managedFields, managerOf(applied) ?? "").length > 0);

/**
 * Removes changed fields from the objects that the state has on record. The plugin compares this record with the wanted
 * object, so the next `up` applies the object again. Inputs stay unchanged.
 */
export const withoutChangedFields = <T extends { urn: string; outputs?: Record<string, unknown> }>(
  resources: readonly T[],
  changes: readonly ForeignChange[],
): T[] => {
  const fieldsByUrn = new Map(changes.map(({ urn, fields }) => [urn, fields]));
  return resources.map((resource) => {
    const fields = fieldsByUrn.get(resource.urn);
    if (fields === undefined || resource.outputs === undefined) return resource;
    const outputs = fields.reduce<unknown>((object, { path }) => withField(object, path, undefined), resource.outputs);
    return { ...resource, outputs: outputs as Record<string, unknown> };
  });
};
