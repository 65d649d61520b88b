import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { quoteForShell } from "../../lib/base/shell";

/** Returns the nearest folder with the steps: the given folder or one of its parents; undefined if none has them. */
const folderWithSteps = (folder: string): string | undefined => {
  if (existsSync(join(folder, "steps", "environment.sh"))) return folder;
  return dirname(folder) === folder ? undefined : folderWithSteps(dirname(folder));
};

/**
 * Returns a command line for the shell, in which the path of a step leads to its script. The states of all stacks have
 * paths such as `steps/kind-create`. A program outside of the checkout has no folder `steps`, so the script is part of the
 * package that contains this code. Other command lines stay.
 */
export const stepPath = (command: string): string => {
  if (!/^steps\/[a-z-]+$/.test(command) || existsSync(command)) return command;
  const folder = folderWithSteps(__dirname);
  return folder === undefined ? command : quoteForShell(join(folder, command));
};
