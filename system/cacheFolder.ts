import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

/** The cache's root folder: $SLIPWAY_CACHE, else slipway under $XDG_CACHE_HOME, else ~/.cache/slipway. */
export const cacheRoot = (env: NodeJS.ProcessEnv = process.env): string => {
  if (env.SLIPWAY_CACHE) {
    if (!isAbsolute(env.SLIPWAY_CACHE)) {
      throw new Error(
        `SLIPWAY_CACHE is "${env.SLIPWAY_CACHE}", which is not an absolute path: give one that starts with /`,
      );
    }
    return resolve(env.SLIPWAY_CACHE);
  }
  // The XDG specification says that a relative value is invalid and to be ignored.
  const xdg = env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME) ? env.XDG_CACHE_HOME : undefined;
  return join(xdg ?? join(homedir(), ".cache"), "slipway");
};
