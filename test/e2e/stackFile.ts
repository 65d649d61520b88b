import { readFileSync } from "node:fs";
import { dump, load } from "js-yaml";

/** Settings by key, without `slipway:`; undefined takes a key out. */
export type StackSettings = Readonly<Record<string, unknown>>;

/** The text of a stack file with other settings. */
export const deriveStackFile = (text: string, changes: StackSettings): string => {
  const { config } = load(text) as { config: Record<string, unknown> };
  const changed = Object.entries(changes).map(([key, value]) => [`slipway:${key}`, value] as const);
  const all = Object.entries({ ...config, ...Object.fromEntries(changed) });
  return dump({ config: Object.fromEntries(all.filter(([, value]) => value !== undefined)) }, { lineWidth: -1 });
};

/** Settings that a list of clusters excludes. */
const shortForm = [
  ...["clusterName", "clusterNamespace", "controlPlaneReplicas", "workerReplicas"],
  ...["podCidr", "serviceCidr", "serviceDomain"],
];

/** Settings with a list of clusters, in place of those of a single cluster. */
export const listedClusters = (clusters: readonly object[]): StackSettings => ({
  ...Object.fromEntries(shortForm.map((key) => [key, undefined])),
  clusters,
});

/** The settings of a checked-in stack file, without `slipway:`. */
export const stackSettings = (name: string): Record<string, unknown> => {
  const { config } = load(readFileSync(`Pulumi.${name}.yaml`, "utf8")) as { config: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) =>
      key.startsWith("slipway:") ? [[key.slice("slipway:".length), value] as const] : [],
    ),
  );
};
