import { existsSync, lstatSync, mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import type { Artifact } from "./artifact";

/** The two ways to the tools: official release files, or built from Go modules and Debian packages. */
export type Route = "release" | "source";

/** Where one route keeps what it made; outside the checkout, so that a second checkout finds it warm. */
export interface Cache {
  /** Shared by both routes: logs. */
  root: string;
  route: Route;
  /** Finished artifacts, one folder each. */
  artifacts: string;
  /** What `.tools` of a checkout points to: bin/ and manifests/. */
  tools: string;
  logs: string;
  lock: string;
  times: string;
}

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

/** The folders of a route under the cache's root. */
export const openCache = (route: Route, base: string = cacheRoot()): Cache => ({
  root: base,
  route,
  artifacts: join(base, route, "artifacts"),
  tools: join(base, route, "tools"),
  logs: join(base, "logs"),
  lock: join(base, route, "lock"),
  times: join(base, route, "times.json"),
});

/** The finished folder of an artifact; another key is another folder. */
export const artifactFolder = (cache: Cache, artifact: Artifact): string =>
  join(cache.artifacts, `${artifact.name}-${artifact.key.slice(0, 12)}`);

const linkTarget = (path: string): string | undefined => {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
  } catch {
    return undefined;
  }
};

/** Makes `path` a symbolic link to `target`; an older link is replaced in one step, anything else is refused. */
export const pointLink = (path: string, target: string): void => {
  const now = linkTarget(path);
  if (now === target) return;
  if (now === undefined && existsSync(path)) {
    throw new Error(`${path} exists and is not a link: move it away, Slipway puts a link to its cache there`);
  }
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.${process.pid}`;
  rmSync(fresh, { force: true });
  symlinkSync(target, fresh);
  renameSync(fresh, path);
};
