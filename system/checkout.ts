import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** Finds the nearest folder above that has a Pulumi.yaml. */
const findRoot = (folder: string): string => {
  if (existsSync(join(folder, "Pulumi.yaml"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("Pulumi.yaml: expected in a folder above the program, got none.");
  return findRoot(parent);
};

/** The checkout's root folder. */
export const root = findRoot(__dirname);
