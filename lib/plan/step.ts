import { isContainer, valueAt } from "../base/json";
import { kindOf, partsOf } from "../base/urn";

/** What an `up` would do to a part of the stack, mildest first. */
export const changeClasses = ["unchanged", "in place", "rolling", "created", "replaced", "destroyed"] as const;

/** One of them. */
export type ChangeClass = (typeof changeClasses)[number];

/** What happens to one part: the network, the management cluster, the providers, the node images, a cluster, or the rest. */
export interface PartPlan {
  part: string;
  change: ChangeClass;
  /** Which object, which property. */
  reasons: string[];
  /** What will be gone afterwards. */
  lost: string[];
}

/** A resource's state in a preview, as far as a plan needs it. */
export interface StepState {
  type?: string;
  custom?: boolean;
  parent?: string;
  deletedWith?: string;
  inputs?: Record<string, unknown>;
}

/** One step of `pulumi preview --json`. */
export interface PlanStep {
  op: string;
  urn: string;
  oldState?: StepState;
  newState?: StepState;
  /** Properties that differ, at top level. */
  diffReasons?: string[];
  /** The properties that differ, as paths. */
  detailedDiff?: Record<string, unknown> | null;
}

/** A property that changes. */
export interface Difference {
  /** As in `spec.template.spec.version` or `metadata.labels["a/b"]`. */
  path: string;
  before: unknown;
  after: unknown;
}

/** The document `pulumi preview --json` prints. */
export interface PreviewDigest {
  steps?: PlanStep[];
  diagnostics?: { message?: string; severity?: string }[];
}

/** What the engine writes for a value it does not know yet. */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Kind, namespace and name out of a resource's type and name, for people. */
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
 * What a step changes, leaf by leaf. The engine's own list says where to look; without one the inputs are compared.
 * A difference that the inputs do not show is one between the state and the real thing.
 */
export const differences = ({ oldState, newState, detailedDiff, diffReasons }: PlanStep): Difference[] => {
  const before = oldState?.inputs ?? {};
  const after = newState?.inputs ?? {};
  const listed = Object.keys(detailedDiff ?? {});
  const paths = (listed.length > 0 ? listed : (diffReasons ?? [])).map((text) => ({ text, keys: keysOf(text) }));
  if (paths.length === 0) return leaves("", before, after);
  return paths.flatMap(({ text, keys }) => {
    const pair = [valueAt(before, ...keys), valueAt(after, ...keys)] as const;
    const found = leaves(text, ...pair);
    return found.length > 0 ? found : [{ path: text, before: pair[0], after: pair[1] }];
  });
};

/** A difference in a line: `spec.replicas 1 → 3`; of what is secret the path alone. */
export const showDifference = ({ path, before, after }: Difference): string => {
  if (before === undefined && after === undefined) return path;
  if (isHidden(before) || isHidden(after)) return `${path} (secret)`;
  if (JSON.stringify(before) === JSON.stringify(after)) return `${path} (differs from what is there)`;
  return `${path} ${show(before)} → ${show(after)}`;
};

/** Returns true for what the engine writes in place of a secret, and for data around it. */
const isHidden = (value: unknown): boolean =>
  value === "[secret]" || (isContainer(value) && Object.values(value).some(isHidden));

/** A value in at most 60 characters. */
export const show = (value: unknown): string => {
  if (value === undefined) return "(none)";
  if (value === unknownValue) return "(known later)";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const line = text.replace(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
};

/** `a.b["c/d"][0]` as keys. */
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
