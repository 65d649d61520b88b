import { join } from "node:path";
import type { Route } from "../../../lib/versions/pins";
import { toolsFolder } from "../../../preflight/installedRoute";
import { cacheRoot } from "../../../system/cacheFolder";
import type { Artifact } from "./artifact";

/** Folders of one route's cache, which is outside of the checkout, so that all checkouts share it. */
export interface Cache {
  /** Root of the cache, which both routes share. */
  root: string;
  route: Route;
  /** Finished artifacts, one folder each. */
  artifacts: string;
  /** Prefix of the layout folders (bin/ and manifests/) that `.tools` of a checkout links to. */
  tools: string;
  logs: string;
  lock: string;
}

/** Returns the folders of a route in the cache. */
export const openCache = (route: Route, base: string = cacheRoot()): Cache => ({
  root: base,
  route,
  artifacts: join(base, route, "artifacts"),
  tools: toolsFolder(base, route),
  logs: join(base, "logs"),
  lock: join(base, route, "lock"),
});

/** Returns the folder of a finished artifact. Another key has another folder. */
export const artifactFolder = (cache: Cache, artifact: Artifact): string =>
  join(cache.artifacts, `${artifact.name}-${artifact.key.slice(0, 12)}`);
