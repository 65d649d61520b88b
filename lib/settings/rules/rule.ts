import type { Problem } from "../../base/problem";
import type { RoutePins } from "../../versions/pins";
import type { ClusterField } from "../schema/cluster";
import type { ClusterEntry } from "../schema/entries";
import type { SettingKey, SettingValues } from "../schema/stack";

/** The stack's other settings, as a rule about a cluster needs them. */
export interface ClusterRuleContext {
  readonly values: SettingValues;
  readonly versions: RoutePins;
}

/** Everything the rules look at. */
export interface RuleContext {
  readonly values: SettingValues;
  /** Settings whose value failed its own check. */
  readonly wrong: ReadonlySet<string>;
  readonly entries: readonly ClusterEntry[];
  readonly versions: RoutePins;
}

/** A rule about one cluster; it applies once each of the values it uses is right by itself. */
export interface ClusterRule {
  readonly fields: readonly ClusterField[];
  readonly settings?: readonly SettingKey[];
  readonly check: (entry: ClusterEntry, around: ClusterRuleContext) => readonly Problem[];
}

/** How many nodes a cluster has. */
export const nodesOf = ({ values, pools }: ClusterEntry): number =>
  values.controlPlaneReplicas + pools.reduce((sum, pool) => sum + pool.replicas, 0);

/** A problem of one field, if it is one. */
export const unless = (
  good: boolean,
  { key, received }: ClusterEntry,
  field: ClusterField,
  rule: string,
  remedy: string,
): Problem[] => (good ? [] : [{ key: key(field), received: received(field), rule, remedy }]);

/** Whether machines are containers. Pretended nodes have addresses on no network, and run no pods. */
export const isReal = ({ values }: ClusterEntry): boolean => values.backend === "docker";
