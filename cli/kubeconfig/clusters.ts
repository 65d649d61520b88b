import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { kubeconfigFile } from "../../lib/base/paths";
import { show } from "../../lib/base/problem";
import { nearest } from "../../lib/base/suggest";
import { readStackFile } from "../../preflight/stackFile";
import { kubeconfigFolder, writeKubeconfigs } from "../actions/report";
import { UsageError } from "../commandLine/usageError";
import type { OwnStack } from "./merge";

/** The clusters of a stack that have a kubeconfig. */
export interface StackClusters {
  /** Paths of the files, by the name of the cluster: workload clusters first. */
  files: Record<string, string>;
  /** Names of the clusters in the settings, with or without a kubeconfig file. */
  planned: string[];
  /** The name of the management cluster. */
  management?: string;
}

const namesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(".yaml"))
        .map((name) => name.slice(0, -".yaml".length))
        .sort()
    : [];

/**
 * Returns a stack's clusters from the files that `up` wrote. `fetch` runs only if there are no files.
 *
 * @param fetch returns the kubeconfigs in the stack's outputs, and fails if the stack does not exist
 * @throws if no cluster has a kubeconfig
 */
export const findStackClusters = async (
  { checkout, stack }: OwnStack,
  fetch: () => Promise<Record<string, string>>,
): Promise<StackClusters> => {
  const folder = join(checkout, kubeconfigFolder(stack));
  if (namesIn(folder).length === 0) {
    const kubeconfigs = await fetch();
    if (Object.keys(kubeconfigs).length > 0) writeKubeconfigs(checkout, stack, kubeconfigs);
  }
  const names = namesIn(folder);
  if (names.length === 0)
    throw new Error(`stack ${stack}: expected clusters, got none. Run make up, which creates them.`);
  const { settings } = readStackFile(checkout, stack);
  const management = settings?.management.name;
  const planned = (settings?.clusters ?? []).map(({ name }) => name);
  const position = (name: string): number => {
    if (name === management) return planned.length + 1;
    return planned.includes(name) ? planned.indexOf(name) : planned.length;
  };
  const ordered = [...names].sort((a, b) => position(a) - position(b));
  return {
    files: Object.fromEntries(ordered.map((name) => [name, join(checkout, kubeconfigFile(stack, name))])),
    planned: [...planned, ...(management === undefined ? [] : [management])],
    ...(management === undefined ? {} : { management }),
  };
};

/** Returns the error for a name that is not one of a stack's clusters. */
export const unknownCluster = (stack: string, name: string, { files, management }: StackClusters): UsageError => {
  const known = Object.keys(files);
  const list = known.map((cluster) => (cluster === management ? `${cluster} (management)` : cluster)).join(", ");
  const similar = nearest(name, known);
  return new UsageError(
    `CLUSTER: expected a cluster of stack ${stack} (${list}), got ${show(name)}. ` +
      (similar === undefined ? "Choose one of them." : `Did you mean ${similar}?`),
  );
};

/**
 * Returns the path of a cluster's kubeconfig.
 *
 * @throws UsageError with the known clusters for an unknown name; an error for a cluster that does not exist yet
 */
export const fileOfCluster = (stack: string, name: string, clusters: StackClusters): string => {
  const file = Object.hasOwn(clusters.files, name) ? clusters.files[name] : undefined;
  if (file !== undefined) return file;
  if (clusters.planned.includes(name))
    throw new Error(
      `cluster ${name} of stack ${stack}: expected a kubeconfig, got none. Run make up, which creates it.`,
    );
  throw unknownCluster(stack, name, clusters);
};

/** Reads kubeconfig files. */
export const readKubeconfigs = (files: StackClusters["files"]): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([name, file]) => [name, readFileSync(file, "utf8")]));

/** Returns the default cluster: the first workload cluster, or the management cluster if it is the only cluster. */
export const mainCluster = ({ files, management }: StackClusters): string => {
  const [first = ""] = Object.keys(files);
  return Object.keys(files).find((name) => name !== management) ?? first;
};
