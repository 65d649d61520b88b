import { isRecord } from "../../base/json";
import { bodyKeys, bodyOf, type Entry, type Section } from "./entries";

/** Name of the extension that identifies entries of Slipway. kubectl keeps extensions. */
export const extensionName = "slipway.dev";

/** Origin of an entry: checkout, stack and cluster. */
export interface Mark {
  /** Absolute path of the checkout. */
  checkout: string;
  stack: string;
  cluster: string;
  /**
   * The context that was current before this context became current; empty without an earlier current context. Absent
   * if this context never became current.
   */
  previousContext?: string;
}

/** The stack whose entries are merged or removed. */
export interface Owner {
  /** Absolute path of the checkout. */
  checkout: string;
  stack: string;
  /** Returns true for the path of a checkout that does not exist any more. Its entries belong to every checkout. */
  isGone?: (checkout: string) => boolean;
}

/** Returns the name of a cluster's context, cluster and user in the user's kubeconfig. */
export const entryName = (stack: string, cluster: string): string => `slipway-${stack}-${cluster}`;

const extensionsOf = (section: Section, entry: Entry): Record<string, unknown>[] => {
  const { extensions } = bodyOf(section, entry);
  return Array.isArray(extensions) ? extensions.filter(isRecord) : [];
};

/** Reads the mark of an entry; undefined if Slipway did not write the entry. */
export const markOf = (section: Section, entry: Entry): Mark | undefined => {
  const extension = extensionsOf(section, entry).find(({ name }) => name === extensionName)?.["extension"];
  if (!isRecord(extension)) return undefined;
  const { checkout, stack, cluster, previousContext } = extension;
  if (typeof checkout !== "string" || typeof stack !== "string" || typeof cluster !== "string") return undefined;
  return { checkout, stack, cluster, ...(typeof previousContext === "string" ? { previousContext } : {}) };
};

/** Returns the entry with another mark. */
export const withMark = (section: Section, entry: Entry, mark: Mark): Entry => {
  const otherExtensions = extensionsOf(section, entry).filter(({ name }) => name !== extensionName);
  const extensions = [...otherExtensions, { name: extensionName, extension: { ...mark } }];
  return { ...entry, [bodyKeys[section]]: { ...bodyOf(section, entry), extensions } };
};

/** Returns true for a mark of the owner's stack. */
export const isOwn = (mark: Mark | undefined, { checkout, stack, isGone }: Owner): mark is Mark =>
  mark !== undefined && mark.stack === stack && (mark.checkout === checkout || isGone?.(mark.checkout) === true);
