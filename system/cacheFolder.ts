import { isAbsolute, join, resolve } from "node:path";
import { show } from "../lib/base/problem";
import { homeFolder } from "./homeFolder";

/**
 * Returns the cache's root folder: $SLIPWAY_CACHE, else slipway under $XDG_CACHE_HOME, else ~/.cache/slipway.
 *
 * @throws if SLIPWAY_CACHE or HOME is not an absolute path
 */
export const cacheRoot = (env: NodeJS.ProcessEnv = process.env): string => {
  if (env.SLIPWAY_CACHE) {
    if (!isAbsolute(env.SLIPWAY_CACHE)) {
      throw new Error(
        `SLIPWAY_CACHE: expected an absolute path, got ${show(env.SLIPWAY_CACHE)}. Set a path that starts with /.`,
      );
    }
    return resolve(env.SLIPWAY_CACHE);
  }
  // The XDG specification requires programs to ignore a relative path.
  const xdg = env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME) ? env.XDG_CACHE_HOME : undefined;
  return join(xdg ?? join(homeFolder(env), ".cache"), "slipway");
};
