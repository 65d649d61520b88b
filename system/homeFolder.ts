import { userInfo } from "node:os";
import { isAbsolute, join } from "node:path";
import { show } from "../lib/base/problem";

/** Returns the home folder in the machine's list of users; undefined for a user without an entry. */
const listedHome = (): string | undefined => {
  try {
    return userInfo().homedir;
  } catch {
    return undefined;
  }
};

/**
 * Returns the user's home folder: $HOME, or the folder in the machine's list of users if HOME is unset or empty.
 *
 * @throws if the folder is not an absolute path. Files would then be written into the checkout.
 */
export const homeFolder = (env: NodeJS.ProcessEnv = process.env): string => {
  const folder = env.HOME || listedHome();
  if (folder !== undefined && isAbsolute(folder)) return folder;
  throw new Error(
    `HOME: expected the absolute path of your home folder, got ${show(folder)}. Set a path that starts with /.`,
  );
};

/** Returns a path with the user's home folder in place of a `~` at its start. */
export const expandHome = (path: string): string => (/^~(\/|$)/.test(path) ? join(homeFolder(), path.slice(1)) : path);

/**
 * Corrects the folders of the user in the environment, for all programs that Slipway starts: sets HOME, and removes the
 * relative paths that the XDG specification requires programs to ignore.
 *
 * @throws if HOME is a relative path
 */
export const correctUserFolders = (env: NodeJS.ProcessEnv): void => {
  env.HOME = homeFolder(env);
  for (const name of Object.keys(env)) {
    if (/^XDG_\w+_(HOME|DIR)$/.test(name) && !isAbsolute(env[name] ?? "")) delete env[name];
  }
};
