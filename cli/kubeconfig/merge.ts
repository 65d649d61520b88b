import { existsSync } from "node:fs";
import { messageOf } from "../../lib/base/errors";
import { printableLines } from "../../lib/base/problem";
import { accessOf } from "../../lib/kubernetes/kubeconfig";
import { type Config, currentContext, readConfig } from "../../lib/kubernetes/merging/entries";
import { extensionName, type Owner } from "../../lib/kubernetes/merging/mark";
import { currentCluster, mergeClusters, type MergedCluster, removeClusters } from "../../lib/kubernetes/merging/merge";
import { editText } from "../../lib/kubernetes/merging/text";
import type { Print } from "../toolchain/build/progress";
import { changeUserFile, userFileIncludes, userFiles } from "./userFile";

/** The stack whose clusters are merged or removed. */
export interface OwnStack {
  checkout: string;
  stack: string;
}

/** Clusters with the text of their kubeconfigs, and the name of the cluster for the current context. */
export interface Clusters {
  kubeconfigs: Readonly<Record<string, string>>;
  current: string;
  /** True if `kubeconfigs` has all clusters of the stack. */
  isComplete: boolean;
}

const ownerOf = (ownStack: OwnStack): Owner => ({ ...ownStack, isGone: (checkout) => !existsSync(checkout) });

const accessesOf = (kubeconfigs: Clusters["kubeconfigs"]): MergedCluster[] =>
  Object.entries(kubeconfigs).map(([name, text]) => ({ name, access: accessOf(text) }));

/** Returns one kubeconfig with all clusters, under the names that a merge gives to them. */
export const joinedKubeconfig = (ownStack: OwnStack, { kubeconfigs, current }: Clusters): string => {
  const options = { owner: ownerOf(ownStack), file: "the kubeconfig", current, isComplete: true };
  return editText("", {}, mergeClusters({}, accessesOf(kubeconfigs), options).config);
};

const currentLine = (before: Config, after: Config): string[] => {
  const [old, current] = [currentContext(before), currentContext(after)];
  return old === current ? [] : [`current context: ${current || "none"} (before: ${old || "none"})`];
};

/**
 * Merges clusters into the user's kubeconfig and prints the changes. If all clusters of the stack are merged and one of
 * them is the current context, the context does not change.
 */
export const mergeIntoUserFile = async (ownStack: OwnStack, clusters: Clusters, print: Print): Promise<void> => {
  const { first: file } = userFiles();
  const owner = ownerOf(ownStack);
  const accesses = accessesOf(clusters.kubeconfigs);
  let lines: string[] = [];
  const merge = (text: string): string => {
    const before = readConfig(text, file);
    const kept = clusters.isComplete ? currentCluster(before, owner) : undefined;
    const current = kept !== undefined && Object.hasOwn(clusters.kubeconfigs, kept) ? kept : clusters.current;
    const { config, contexts } = mergeClusters(before, accesses, { ...clusters, current, owner, file });
    const after = editText(text, before, config);
    const verb = after === text ? "has already" : "wrote";
    lines = [`${file}: ${verb} the contexts ${contexts.join(", ")}`, ...currentLine(before, config)];
    return after;
  };
  const backup = await changeUserFile(file, merge, ownStack);
  for (const line of lines) print(line);
  if (backup !== undefined) print(`backup of the file: ${backup}`);
};

/** Removes the entries from one file, and returns the names of the contexts. */
const removeFrom = async (file: string, ownStack: OwnStack, print: Print, cluster?: string): Promise<string[]> => {
  // A file without Slipway's mark is not parsed, because it may be any file of the user.
  if (!userFileIncludes(file, extensionName)) return [];
  let removed: string[] = [];
  let lines: string[] = [];
  const remove = (text: string): string => {
    const before = readConfig(text, file);
    const { config, contexts } = removeClusters(before, ownerOf(ownStack), cluster);
    removed = contexts;
    lines = [`${file}: removed the contexts ${contexts.join(", ")}`, ...currentLine(before, config)];
    return editText(text, before, config);
  };
  await changeUserFile(file, remove, ownStack);
  if (removed.length > 0) for (const line of lines) print(line);
  return removed;
};

/**
 * Removes the merged entries of a stack from every kubeconfig of the user, and prints the changes.
 *
 * @param cluster removes only the entries of this cluster; default: all clusters of the stack
 * @returns the names of the contexts that were removed
 * @throws after all files, an error with the files that could not be changed
 */
export const removeFromUserFiles = async (ownStack: OwnStack, print: Print, cluster?: string): Promise<string[]> => {
  const removed: string[] = [];
  const problems: string[] = [];
  for (const file of userFiles().all) {
    try {
      removed.push(...(await removeFrom(file, ownStack, print, cluster)));
    } catch (error) {
      problems.push(messageOf(error));
    }
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return removed;
};

/** Removes the merged entries of a deleted stack. A failure is printed; `kubeconfig --remove` repeats the removal. */
export const forgetMerged = async (ownStack: OwnStack, print: Print): Promise<void> => {
  try {
    await removeFromUserFiles(ownStack, print);
  } catch (error) {
    print(`the merged entries of stack ${ownStack.stack} stay: ${printableLines(messageOf(error))}`);
    print("correct the problem, then run slipway kubeconfig --remove");
  }
};
