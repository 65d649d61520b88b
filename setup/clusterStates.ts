import { existsSync } from "node:fs";
import { join } from "node:path";
import { kubeconfigFile } from "../lib/paths";
import { readStackFile, stackFile } from "../lib/stackFile";
import { type Verdict, whyStuck } from "../lib/stuck/why";
import type { Ask } from "./asker";
import { lookAtCluster } from "./lookAtCluster";
import type { Outputs, Target } from "./pulumi";
import { writeKubeconfigs } from "./report";

/** A stack's clusters and the files that lead to them; an `up` that broke has no outputs, but leaves the files. */
export interface StackClusters {
  management?: string;
  clusters: { name: string; namespace: string; file?: string }[];
}

/** Finds a stack's clusters: those of its outputs and those of its settings. */
export const findClusters = ({ checkout, stack }: Target, outputs: Outputs | undefined): StackClusters => {
  const { settings } = readStackFile(stackFile(checkout, stack));
  const management = outputs?.managementCluster ?? settings?.management.name;
  const fileOf = (name: string | undefined): string | undefined => {
    if (name === undefined) return undefined;
    const file = kubeconfigFile(stack, name);
    return existsSync(join(checkout, file)) ? file : undefined;
  };
  // Never where there are some already: an `up` may be at work with files of clusters that no output names yet.
  if (fileOf(management) === undefined && outputs?.kubeconfigs) writeKubeconfigs(checkout, stack, outputs.kubeconfigs);
  const listed = new Map(
    [...(outputs?.clusters ?? []), ...(settings?.clusters ?? [])].map(({ name, namespace }) => [name, namespace]),
  );
  const file = fileOf(management);
  return {
    ...(file === undefined ? {} : { management: file }),
    clusters: [...listed].map(([name, namespace]) => {
      const own = fileOf(name);
      return { name, namespace, ...(own === undefined ? {} : { file: own }) };
    }),
  };
};

/** Looks at all clusters at once: each question may have to wait for one that does not answer. */
export const clusterStates = async (ask: Ask, { management, clusters }: StackClusters): Promise<Verdict[]> =>
  management === undefined
    ? []
    : Promise.all(
        clusters.map(async ({ name, namespace, file }) =>
          whyStuck(await lookAtCluster(ask, { name, namespace, management, ...(file ? { workload: file } : {}) })),
        ),
      );
