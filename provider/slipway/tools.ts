import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { toolsRoot } from "../../system/checkout";

/** Programs that the plugin and its steps start. Docker's client has a check of its own. */
const needed = ["kind", "kubectl", "pulumi"];

/** Returns the folder of the package's tools. */
const toolsFolder = (): string => join(toolsRoot(), ".tools", "bin");

/** Returns PATH with the package's tools behind the user's programs. Steps put the tools first. */
export const pathWithTools = (path = ""): string => [path, toolsFolder()].filter((one) => one !== "").join(delimiter);

/**
 * Checks that the programs exist which the plugin and its steps start.
 *
 * @param path - the folders to search; default: PATH of this process
 * @throws Error that names the missing programs, and the command that installs them
 */
export const requireTools = (path = process.env.PATH): void => {
  const folders = [toolsFolder(), ...(path ?? "").split(delimiter)].filter((folder) => folder !== "");
  const missing = needed.filter((name) => !folders.some((folder) => existsSync(join(folder, name))));
  if (missing.length === 0) return;
  throw new Error(
    `tools: expected ${needed.join(", ")} in ${toolsFolder()} or on PATH, got no ${missing.join(" and no ")}. ` +
      `Run ${join(toolsRoot(), "scripts", "slipway")} tools.`,
  );
};
