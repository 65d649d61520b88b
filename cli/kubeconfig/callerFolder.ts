import { statSync } from "node:fs";
import { show } from "../../lib/base/problem";

/**
 * Returns the folder that slipway was called in; scripts/slipway changes to the checkout before it starts Node.
 *
 * @throws if the folder was deleted meanwhile
 */
export const callerFolder = (env: NodeJS.ProcessEnv = process.env): string => {
  const folder = env.SLIPWAY_CALLED_IN || process.cwd();
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder;
  throw new Error(`working directory: expected a folder that exists, got ${show(folder)}. Change to another folder.`);
};
