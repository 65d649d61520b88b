import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { kubeconfigFile } from "../../lib/base/paths";
import { nearest } from "../../lib/base/suggest";
import { readStackFile } from "../../preflight/stackFile";
import { kubeconfigFolder, writeKubeconfigs } from "../actions/report";
import { UsageError } from "../commandLine/usageError";
import type { OwnStack } from "./merge";

/** The clusters of a stack that have a kubeconfig. */
export interface StackClusters {
  /** Paths of the files, by the name of the cluster: workload clusters first. */
  files: Record<string, string>;
  /** Names of clusters that the settings have, with or without a file. */
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
 * Finds a stack's clusters by the files that `up` wrote. Pulumi is asked only where there are none.
 *
 * @param fetch returns the kubeconfigs in the stack's outputs, and fails where the stack does not exist
 * @throws where no cluster has a kubeconfig
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
  if (names.length === 0) throw new Error(`stack ${stack} has no cluster: make up creates them`);
  const { settings } = readStackFile(checkout, stack);
  const management = settings?.management.name;
  const planned = (settings?.clusters ?? []).map(({ name }) => name);
  const place = (name: string): number => {
    if (name === management) return planned.length + 1;
    return planned.includes(name) ? planned.indexOf(name) : planned.length;
  };
  const ordered = [...names].sort((one, other) => place(one) - place(other));
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
    `CLUSTER: expected a cluster of stack ${stack} (${list}), got ${JSON.stringify(name)}. ` +
      (similar === undefined ? "Choose one of them." : `Did you mean ${similar}?`),
  );
};

/**
 * Returns the path of a cluster's kubeconfig.
 *
 * @throws UsageError with the known clusters for an unknown name; an error for a cluster that is not up yet
 */
export const fileOfCluster = (stack: string, name: string, clusters: StackClusters): string => {
  const file = Object.hasOwn(clusters.files, name) ? clusters.files[name] : undefined;
  if (file !== undefined) return file;
  if (clusters.planned.includes(name))
    throw new Error(`cluster ${name} of stack ${stack} has no kubeconfig yet: make up creates the cluster`);
  throw unknownCluster(stack, name, clusters);
};

/** Reads the kubeconfigs of some clusters, or of all. */
export const readKubeconfigs = (files: StackClusters["files"]): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([name, file]) => [name, readFileSync(file, "utf8")]));

/** Returns the cluster to work with: the first workload cluster, or the management cluster where there is no other. */
export const mainCluster = ({ files, management }: StackClusters): string => {
  const [first = ""] = Object.keys(files);
  return Object.keys(files).find((name) => name !== management) ?? first;
};
