import type { Problem } from "../../base/problem";
import { countMostNodes } from "../../cluster/spec";
import type { RoutePins } from "../../versions/pins";
import type { ClusterField } from "../schema/cluster";
import type { ClusterEntry } from "../schema/entries";
import type { SettingKey, SettingValues } from "../schema/stack";

/** The stack's settings and versions, for rules about a cluster. */
export interface StackContext {
  readonly values: SettingValues;
  readonly versions: RoutePins;
}

/** The input of all rules. */
export interface RuleContext extends StackContext {
  /** Settings with an invalid value. */
  readonly invalid: ReadonlySet<string>;
  readonly entries: readonly ClusterEntry[];
}

/**
 * A rule about one cluster. The rule is skipped if a field of the cluster in `fields`, or a setting of the stack in
 * `settings`, has an invalid value.
 */
export interface ClusterRule {
  readonly fields: readonly ClusterField[];
  readonly settings?: readonly SettingKey[];
  readonly check: (entry: ClusterEntry, stack: StackContext) => readonly Problem[];
}

/** Returns the most nodes of a cluster. */
export const countNodes = ({ values, pools }: ClusterEntry): number =>
  countMostNodes({ controlPlaneReplicas: values.controlPlaneReplicas, workerPools: pools });

/**
 * Returns a problem with one field, or no problem if the field is valid.
 *
 * @param rule - completes the sentence "FIELD: expected …"
 */
export const checkField = (
  isValid: boolean,
  { key, received }: ClusterEntry,
  field: ClusterField,
  rule: string,
  remedy: string,
): Problem[] => (isValid ? [] : [{ key: key(field), received: received(field), rule, remedy }]);

/** Returns true if machines are containers. Simulated nodes have addresses on no network, and run no pods. */
export const isDocker = ({ values }: ClusterEntry): boolean => values.backend === "docker";

/** Returns true if a file defines the cluster's objects. */
export const hasTemplate = ({ values }: ClusterEntry): boolean => values.template !== "";

/** Returns true for a template of another provider, whose machines Slipway does not know. */
export const isForeign = ({ values, invalid }: ClusterEntry): boolean =>
  values.backend === "template" && !invalid.has("template");
