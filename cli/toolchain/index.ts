import { appendFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathFaultOf } from "../../lib/base/errors";
import { printable } from "../../lib/base/problem";
import type { Route } from "../../lib/versions/pins";
import { fetchTemplates, readStackFile, stackName } from "../../preflight/stackFile";
import { cacheRoot } from "../../system/cacheFolder";
import { run } from "../../system/exec";
import { homeFolder } from "../../system/homeFolder";
import type { Artifact } from "./build/artifact";
import { artifactFolder, openCache, type Cache } from "./build/cache";
import { checkSpace, minutesFor, missingShare, volumesFor, type Places } from "./build/diskSpace";
import { createFolder, pointLink } from "../../system/files";
import { toolLinks, writeLayout, type Layout } from "./build/layout";
import { findTerminal, type Print } from "./build/progress";
import { runArtifacts } from "./build/schedule";
import { releaseArtifacts } from "./release/artifacts";
import { chooseRoute, routeLine } from "./route";
import { sourceArtifacts } from "./source/artifacts";
import { dockerRunning, ensureDocker } from "./source/docker";
import { sourceLayout } from "./source/link";
import { namedBySettings } from "./source/onDemand";

/** Options of the installation of tools. */
export interface ToolsOptions {
  checkout: string;
  print: Print;
  /** Detect the route again instead of the last run's route. */
  again?: boolean;
  /** Called with the chosen route before any work. An error stops the installation. */
  check?: (route: Route) => void;
}

/** Chooses the route, and prints the choice if it is new or `again` is true. */
export const pickRoute = async ({ checkout, print, again }: ToolsOptions): Promise<Route> => {
  const choice = await chooseRoute({ checkout, ...(again ? { again } : {}) });
  if (choice.fresh) print(routeLine(choice));
  return choice.route;
};

const places = async (cache: Cache): Promise<Places> => {
  if (cache.route === "release") return { cache: cache.root };
  const go = await run("go", ["env", "GOMODCACHE", "GOCACHE"]).catch(() => {
    throw new Error(
      "go: expected on PATH, because the source route compiles the tools, got nothing. Install Go; make doctor prints the version.",
    );
  });
  const home = homeFolder();
  const [goModules = join(home, "go/pkg/mod"), goBuild = join(home, ".cache/go-build")] = go.trim().split("\n");
  return { cache: cache.root, goModules, goBuild, docker: "/var/lib/docker" };
};

/** Returns the images and manifests in the stack's settings; nothing for invalid settings, which Pulumi reports. */
const readNamed = (checkout: string, route: Route): string[] => {
  const { settings } = readStackFile(checkout, stackName(route), route);
  return settings === undefined ? [] : namedBySettings(settings);
};

const listArtifacts = (route: Route, checkout: string): Artifact[] =>
  route === "source" ? sourceArtifacts(readNamed(checkout, route)) : releaseArtifacts();

const layoutOf = (cache: Cache, artifacts: Artifact[]): Layout =>
  cache.route === "source" ? sourceLayout(cache) : { links: toolLinks(cache, artifacts), scripts: {} };

/**
 * Starts a Docker that an earlier run installed, because images count as missing without it. Machines without a service
 * manager do not start Docker after a restart. The first installation of Docker is an artifact.
 */
const wakeDocker = async (cache: Cache, artifacts: Artifact[], print: Print): Promise<void> => {
  const docker = artifacts.find(({ name }) => name === "docker");
  if (!docker || !existsSync(artifactFolder(cache, docker)) || (await dockerRunning())) return;
  const log = join(cache.logs, "docker.log");
  print(`docker: does not answer; starting Docker (log: ${log}) …`);
  mkdirSync(cache.logs, { recursive: true });
  await ensureDocker((text) => appendFileSync(log, text));
};

/** Errors of the system about a folder in which nothing can be written. */
const writeFaults = /^(EACCES|EEXIST|EIO|ELOOP|ENAMETOOLONG|ENODEV|ENOSPC|ENOTDIR|EPERM|EROFS)$/;

const isBelow = (path: string, folder: string): boolean => `${path}/`.startsWith(folder === "/" ? "/" : `${folder}/`);

/** Returns true for an error about writing in the folder, or about a folder that contains it. */
const isWriteFault = (error: unknown, folder: string): boolean => {
  const { code = "", path, syscall } = Object(error) as Partial<NodeJS.ErrnoException>;
  // A missing folder is a fault only if it cannot be created: a missing file is a fault of the action.
  const isWrite = writeFaults.test(code) || (code === "ENOENT" && syscall === "mkdir");
  return isWrite && path !== undefined && (isBelow(path, folder) || isBelow(folder, path));
};

/**
 * Runs an action that writes into the cache.
 *
 * @throws an error that names the variable of the cache if the cache cannot be written
 */
export const withCache = async <T>(folder: string, action: () => Promise<T>): Promise<T> => {
  try {
    return await action();
  } catch (error) {
    const fault = isWriteFault(error, folder) ? pathFaultOf(error) : undefined;
    if (fault === undefined) throw error;
    throw new Error(
      `cache ${printable(folder)}: expected a folder that can be written, got ${fault}. ` +
        "Set the environment variable SLIPWAY_CACHE to a folder that can be written.",
      { cause: error },
    );
  }
};

/**
 * Returns the line about a long build, which also a command such as plan may start; undefined for a build of a minute or
 * less.
 */
export const buildNotice = (missing: readonly Pick<Artifact, "name" | "gives">[], route: Route): string | undefined => {
  const minutes = minutesFor(
    missing.map(({ name }) => name),
    route,
  );
  if (minutes < 2) return undefined;
  const images = missing.flatMap(({ gives }) => (gives?.startsWith("kindest/node:") ? [gives] : []));
  const subject = images.length > 0 ? `the node image ${images.join(" and ")}` : "the tools";
  const verb = route === "source" ? "builds" : "fetches";
  return (
    `first, Slipway ${verb} ${subject}, which takes about ${minutes} minutes on two cores. ` +
    "Ctrl-C interrupts this, and the same command continues it later."
  );
};

/** Builds the missing tools of the route, links .tools to them, and returns the route. */
export const ensureTools = async (options: ToolsOptions): Promise<Route> => {
  const route = await pickRoute(options);
  options.check?.(route);
  // The images that have to be built follow from the templates of Docker clusters too.
  await fetchTemplates(options.checkout, stackName(route));
  const cache = openCache(route, cacheRoot());
  return withCache(cache.root, async () => {
    createFolder(cache.root);
    return fillCache(cache, options);
  });
};

const fillCache = async (cache: Cache, options: ToolsOptions): Promise<Route> => {
  const { checkout, print } = options;
  const { route } = cache;
  const artifacts = listArtifacts(route, checkout);
  if (route === "source") await wakeDocker(cache, artifacts, print);
  const built = await runArtifacts(artifacts, {
    cache,
    print,
    terminal: findTerminal(),
    before: async (missing) => {
      const names = missing.map(({ name }) => name);
      const notice = buildNotice(missing, route);
      if (notice !== undefined) print(notice);
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
        `to build: ${names.length} of ${artifacts.length}, stored in ${cache.root} for later runs and other checkouts: ${names.join(", ")}`,
      );
    },
  });
  pointLink(join(checkout, ".tools"), writeLayout(cache, layoutOf(cache, artifacts)));
  if (built.length > 0 || options.again) print(`tools: ready in ${join(checkout, ".tools")}`);
  return route;
};
