import { isContainer, valueAt } from "../base/json";
import { kindOf, partsOf } from "../base/urn";

/** Changes of a part of the stack, mildest first. */
export const changeClasses = ["unchanged", "in place", "rolling", "created", "replaced", "destroyed"] as const;

/** A change of a part. */
export type ChangeClass = (typeof changeClasses)[number];

/** The plan of one part: network, management cluster, providers, node images, a cluster, or other resources. */
export interface PartPlan {
  part: string;
  change: ChangeClass;
  /** The changed objects and properties. */
  reasons: string[];
  /** Data and objects that will be lost. */
  lost: string[];
}

/** The fields of a resource's state in a preview that a plan reads. */
export interface StepState {
  type?: string;
  custom?: boolean;
  parent?: string;
  deletedWith?: string;
  inputs?: Record<string, unknown>;
}

/** A step of `pulumi preview --json`. */
export interface PlanStep {
  op: string;
  urn: string;
  oldState?: StepState;
  newState?: StepState;
  /** Properties that differ, at the top level. */
  diffReasons?: string[];
  /** Paths of the properties that differ. */
  detailedDiff?: Record<string, unknown> | null;
  /** Who changed a property in the cluster, by its path. */
  authors?: Record<string, string>;
}

/** A changed property. */
export interface Difference {
  /** Path, such as `spec.template.spec.version` or `metadata.labels["a/b"]`. */
  path: string;
  before: unknown;
  after: unknown;
}

/** The output of `pulumi preview --json`. */
export interface PreviewDigest {
  steps?: PlanStep[];
  diagnostics?: { message?: string; severity?: string }[];
}

/** The engine's placeholder for a value that is not known yet. */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Returns kind, namespace and name of a resource, for users. */
export const describeStep = ({ urn }: PlanStep): string => {
  const { type, name } = partsOf(urn);
  // Objects are named `<component>/<kind>/<namespace>/<name>`.
  const object = name.split("/").slice(1).join("/");
  if (object !== "") return object.replace("/", " ");
  if (type.startsWith("pulumi:providers:")) return `provider ${name}`;
  if (type === "command:local:Command") return `step ${name}`;
  return `${kindOf(urn)} ${name}`;
};

/**
 * Returns the changes of a step as single values. The paths come from the engine's diff, or else from a comparison of
 * the inputs. If the inputs do not differ there, the state differs from the actual object.
 */
export const differences = ({ oldState, newState, detailedDiff, diffReasons }: PlanStep): Difference[] => {
  const before = oldState?.inputs ?? {};
  const after = newState?.inputs ?? {};
  const listed = Object.keys(detailedDiff ?? {});
  const paths = (listed.length > 0 ? listed : (diffReasons ?? [])).map((text) => ({ text, keys: keysOf(text) }));
  if (paths.length === 0) return leaves("", before, after);
  return paths.flatMap(({ text, keys }) => {
    const pair = [valueAt(before, ...keys), valueAt(after, ...keys)] as const;
    const changed = leaves(text, ...pair);
    return changed.length > 0 ? changed : [{ path: text, before: pair[0], after: pair[1] }];
  });
};

/** Returns a difference in one line: `spec.replicas 1 → 3`; for a secret only the path. */
export const showDifference = ({ path, before, after }: Difference): string => {
  if (before === undefined && after === undefined) return path;
  if (isHidden(before) || isHidden(after)) return `${path} (secret)`;
  if (JSON.stringify(before) === JSON.stringify(after)) return `${path} (differs from the actual object)`;
  return `${path} ${show(before)} → ${show(after)}`;
};

/** Returns true for the engine's placeholder of a secret, and for data that contains it. */
const isHidden = (value: unknown): boolean =>
  value === "[secret]" || (isContainer(value) && Object.values(value).some(isHidden));

/** Returns a value in at most 60 characters. */
export const show = (value: unknown): string => {
  if (value === undefined) return "(none)";
  if (value === unknownValue) return "(known later)";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const line = text.replace(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
};

/** Splits `a.b["c/d"][0]` into keys. */
const keysOf = (path: string): string[] =>
  [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, plain]) => quoted?.replace(/\\(.)/g, "$1") ?? index ?? plain ?? "",
  );

const leaves = (path: string, before: unknown, after: unknown): Difference[] => {
  if (isContainer(before) && isContainer(after) && Array.isArray(before) === Array.isArray(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !key.startsWith("__"));
    return keys.flatMap((key) => leaves(join(path, key, Array.isArray(after)), before[key], after[key]));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
};

const join = (path: string, key: string, index: boolean): string => {
  if (index) return `${path}[${key}]`;
  if (!/^[\w-]+$/.test(key)) return `${path}["${key}"]`;
  return path === "" ? key : `${path}.${key}`;
};
