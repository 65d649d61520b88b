import { appendFileSync, existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Route } from "../../lib/versions/pins";
import { readStackFile, defaultStack } from "../../preflight/stackFile";
import { cacheRoot } from "../../system/cacheFolder";
import { run } from "../../system/exec";
import type { Artifact } from "./build/artifact";
import { artifactFolder, openCache, type Cache } from "./build/cache";
import { checkSpace, missingShare, volumesFor, type Places } from "./build/diskSpace";
import { pointLink } from "../../system/files";
import { toolLinks, writeLayout, type Layout } from "./build/layout";
import { findTerminal, type Print } from "./build/progress";
import { runArtifacts } from "./build/schedule";
import { releaseArtifacts } from "./release/artifacts";
import { chooseRoute, routeLine } from "./route";
import { sourceArtifacts } from "./source/artifacts";
import { dockerRunning, ensureDocker } from "./source/docker";
import { sourceLayout } from "./source/link";
import { namedBySettings } from "./source/onDemand";

/** How the tools are made ready. */
export interface ToolsOptions {
  checkout: string;
  print: Print;
  /** Try the route again instead of taking the one of the last time. */
  again?: boolean;
}

/** Picks the route and says so, where there is something new to say or it was asked for. */
export const pickRoute = async ({ checkout, print, again }: ToolsOptions): Promise<Route> => {
  const choice = await chooseRoute({ checkout, ...(again ? { again } : {}) });
  if (choice.fresh) print(routeLine(choice));
  return choice.route;
};

const places = async (cache: Cache): Promise<Places> => {
  if (cache.route === "release") return { cache: cache.root };
  const go = await run("go", ["env", "GOMODCACHE", "GOCACHE"]).catch(() => {
    throw new Error(
      "go is not found: the source route compiles the tools; install Go (make doctor says which version)",
    );
  });
  const [goModules = join(homedir(), "go/pkg/mod"), goBuild = join(homedir(), ".cache/go-build")] = go
    .trim()
    .split("\n");
  return { cache: cache.root, goModules, goBuild, docker: "/var/lib/docker" };
};

/** What the chosen stack's settings name; nothing where they are wrong, which Pulumi will say. */
const named = (checkout: string, route: Route): string[] => {
  const { settings } = readStackFile(checkout, process.env.STACK || defaultStack[route], route);
  return settings === undefined ? [] : namedBySettings(settings);
};

const listArtifacts = (route: Route, checkout: string): Artifact[] =>
  route === "source" ? sourceArtifacts(named(checkout, route)) : releaseArtifacts();

const layoutOf = (cache: Cache, artifacts: Artifact[]): Layout =>
  cache.route === "source" ? sourceLayout(cache) : { links: toolLinks(cache, artifacts), scripts: {} };

/**
 * Starts a Docker that an earlier run installed (there is no service manager everywhere to do it after a restart), since
 * images count as missing while it is down. The first time it is an artifact among the others.
 */
const wakeDocker = async (cache: Cache, artifacts: Artifact[], print: Print): Promise<void> => {
  const docker = artifacts.find(({ name }) => name === "docker");
  if (!docker || !existsSync(artifactFolder(cache, docker)) || (await dockerRunning())) return;
  const log = join(cache.logs, "docker.log");
  print(`docker: does not answer; starting it (log: ${log}) …`);
  mkdirSync(cache.logs, { recursive: true });
  await ensureDocker((text) => appendFileSync(log, text));
};

/** Makes whatever the route lacks and points .tools at it. Warm, it only looks. */
export const ensureTools = async (options: ToolsOptions): Promise<Route> => {
  const { checkout, print } = options;
  const route = await pickRoute(options);
  const cache = openCache(route, cacheRoot());
  const artifacts = listArtifacts(route, checkout);
  if (route === "source") await wakeDocker(cache, artifacts, print);
  const made = await runArtifacts(artifacts, {
    cache,
    print,
    terminal: findTerminal(),
    before: async (missing) => {
      const names = missing.map(({ name }) => name);
      checkSpace(
        volumesFor(
          route,
          await places(cache),
          missingShare(
            route,
            names,
            artifacts.map(({ name }) => name),
          ),
        ),
      );
      print(
        `to make: ${names.length} of ${artifacts.length}, kept in ${cache.root} for later runs and other checkouts: ${names.join(", ")}`,
      );
    },
  });
  pointLink(join(checkout, ".tools"), writeLayout(cache, layoutOf(cache, artifacts)));
  if (made.length > 0 || options.again) print(`tools: ready in ${join(checkout, ".tools")}`);
  return route;
};
