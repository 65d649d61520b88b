import { join } from "node:path";
import type { Route } from "../../../lib/versions/pins";
import { toolsFolder } from "../../../preflight/installedRoute";
import { cacheRoot } from "../../../system/cacheFolder";
import type { Artifact } from "./artifact";

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
}

/** The folders of a route under the cache's root. */
export const openCache = (route: Route, base: string = cacheRoot()): Cache => ({
  root: base,
  route,
  artifacts: join(base, route, "artifacts"),
  tools: toolsFolder(base, route),
  logs: join(base, "logs"),
  lock: join(base, route, "lock"),
});

/** The finished folder of an artifact; another key is another folder. */
export const artifactFolder = (cache: Cache, artifact: Artifact): string =>
  join(cache.artifacts, `${artifact.name}-${artifact.key.slice(0, 12)}`);
