import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Finds the nearest folder with a Pulumi.yaml: the given folder or one of its parents.
 *
 * @throws if no folder has the file
 */
const findRoot = (folder: string): string => {
  if (existsSync(join(folder, "Pulumi.yaml"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("Pulumi.yaml: expected in a folder above the program, got none.");
  return findRoot(parent);
};

/** Root folder of the checkout. */
export const root = findRoot(__dirname);

/**
 * Returns the folder with the link `.tools`: the program's folder if it has the link, otherwise the checkout or package
 * that contains this code. A program that uses Slipway as a package runs in a folder of its own.
 */
export const toolsRoot = (): string => (existsSync(join(process.cwd(), ".tools")) ? process.cwd() : root);
