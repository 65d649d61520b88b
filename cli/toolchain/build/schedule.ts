import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { messageOf } from "../../../lib/base/errors";
import type { Report } from "../../../system/download";
import { type Artifact, nextReady, orderByNeeds } from "./artifact";
import { artifactFolder, type Cache } from "./cache";
import { takeLock } from "./lock";
import { Progress, type Print, type Terminal } from "./progress";

/** Options of a build of artifacts. */
export interface ScheduleOptions {
  cache: Cache;
  /** Number of builds at the same time; default: one for each core. */
  workers?: number;
  print: Print;
  heartbeatMs?: number;
  /** Terminal for a live line; default: log lines for each artifact. */
  terminal?: Terminal | undefined;
  /** Called once under the lock with the missing artifacts. An error stops the run before any work. */
  before?: (missing: Artifact[]) => void | Promise<void>;
}

/** Returns the artifacts without a folder, or without their result outside of the folder. */
export const findMissing = async (cache: Cache, artifacts: Artifact[]): Promise<Artifact[]> => {
  const exists = async (artifact: Artifact): Promise<boolean> => {
    const folder = artifactFolder(cache, artifact);
    return existsSync(folder) && (artifact.present === undefined || (await artifact.present(folder)));
  };
  const existing = await Promise.all(artifacts.map(exists));
  return artifacts.filter((_, index) => !existing[index]);
};

/** Removes the incomplete folders of killed runs. Only the lock's holder creates such folders, so all of them are stale. */
const removePartials = (cache: Cache): void => {
  for (const name of existsSync(cache.artifacts) ? readdirSync(cache.artifacts) : []) {
    if (/\.partial-\d+$/.test(name)) rmSync(join(cache.artifacts, name), { recursive: true, force: true });
  }
};

const lastLines = (file: string, count: number): string[] =>
  readFileSync(file, "utf8").trimEnd().split(/\r?\n/).slice(-count);

/** Builds one artifact in a partial folder, which is renamed after the build. */
const build = async (
  cache: Cache,
  artifact: Artifact,
  all: Map<string, Artifact>,
  logFile: string,
  report: Report,
): Promise<void> => {
  const folder = artifactFolder(cache, artifact);
  const target = `${folder}.partial-${process.pid}`;
  const of = (name: string): string => {
    const needed = all.get(name);
    if (!needed || !artifact.needs.includes(name))
      throw new Error(`artifact ${artifact.name}: expected ${name} in "needs", because its recipe uses ${name}`);
    return artifactFolder(cache, needed);
  };
  const log = openSync(logFile, "w");
  try {
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    await artifact.build({ target, of, log: (text) => void writeSync(log, text), report });
    rmSync(folder, { recursive: true, force: true }); // the folder exists, but `present` was false
    renameSync(target, folder);
  } catch (error) {
    writeSync(log, `\n${messageOf(error)}\n`);
    rmSync(target, { recursive: true, force: true });
    throw error;
  } finally {
    closeSync(log);
  }
};

const buildAll = async (missing: Artifact[], all: Map<string, Artifact>, options: ScheduleOptions): Promise<void> => {
  const { cache, heartbeatMs, terminal } = options;
  const workers = Math.max(1, options.workers ?? availableParallelism());
  const progress = new Progress(missing.length, options.print, {
    ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
    terminal,
  });
  const print = (line: string): void => progress.printLine(line);
  const waiting = [...missing];
  const unfinished = new Set(missing.map((artifact) => artifact.name));
  const running = new Map<string, Promise<void>>();
  const failed: string[] = [];

  const buildOne = async (artifact: Artifact): Promise<void> => {
    const prefix = progress.start(artifact.name, artifact.title);
    const logFile = join(cache.logs, `${artifact.name}.log`);
    try {
      await build(cache, artifact, all, logFile, (...bytes) => progress.report(artifact.name, ...bytes));
      unfinished.delete(artifact.name);
      progress.end(artifact.name, prefix);
    } catch {
      failed.push(artifact.name);
      progress.end(artifact.name, prefix, true);
      print(`   end of ${logFile}:`);
      for (const line of lastLines(logFile, 20)) print(`   | ${line}`);
      const unfinishedBuilds = [...running.keys()].filter((name) => name !== artifact.name);
      if (unfinishedBuilds.length > 0)
        print(`   no new build starts; running builds may finish (Ctrl-C stops them): ${unfinishedBuilds.join(", ")}`);
    }
    running.delete(artifact.name);
  };

  while (waiting.length > 0 || running.size > 0) {
    const ready =
      failed.length === 0 && running.size < workers ? nextReady(waiting, (name) => !unfinished.has(name)) : undefined;
    if (ready) {
      waiting.splice(waiting.indexOf(ready), 1);
      // Added before the start, so that a build that fails at once is in the map.
      running.set(
        ready.name,
        Promise.resolve().then(() => buildOne(ready)),
      );
    } else if (running.size > 0) {
      await Promise.race(running.values());
    } else break; // only after a failure: the waiting artifacts need a failed artifact
  }
  progress.stop();
  if (failed.length > 0) {
    const logs = failed.map((name) => `${name} (log: ${join(cache.logs, `${name}.log`)})`).join(", ");
    throw new Error(
      `not built: ${logs}. ${missing.length - unfinished.size} of ${missing.length} are built and stay in the cache. Run the same command again to continue.`,
    );
  }
};

/** Builds the missing artifacts, each after its needs, with as many builds at the same time as workers. Returns their names. */
export const runArtifacts = async (artifacts: Artifact[], options: ScheduleOptions): Promise<string[]> => {
  const ordered = orderByNeeds(artifacts);
  const { cache } = options;
  if ((await findMissing(cache, ordered)).length === 0) return []; // without missing artifacts, no lock is necessary
  const release = await takeLock(cache.lock, (pid) =>
    options.print(`another run (process ${pid}) is filling ${cache.artifacts}: waiting for it`),
  );
  try {
    for (const folder of [cache.artifacts, cache.logs]) mkdirSync(folder, { recursive: true });
    removePartials(cache);
    const missing = await findMissing(cache, ordered); // again, because another run may have built them during the wait for the lock
    if (missing.length === 0) return [];
    await options.before?.(missing);
    await buildAll(missing, new Map(ordered.map((artifact) => [artifact.name, artifact])), options);
    return missing.map((artifact) => artifact.name);
  } finally {
    release();
  }
};
