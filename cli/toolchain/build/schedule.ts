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

/** How a list of artifacts is made. */
export interface ScheduleOptions {
  cache: Cache;
  /** How many at once; default: one for each core. */
  workers?: number;
  print: Print;
  heartbeatMs?: number;
  /** Shows one live line instead of lines for each artifact; absent: a log. */
  terminal?: Terminal | undefined;
  /** Called once under the lock with what is to be made; throws to stop before any work (disk space). */
  before?: (missing: Artifact[]) => void | Promise<void>;
}

/** Artifacts whose folder is not there, or whose result outside it has gone. */
export const findMissing = async (cache: Cache, artifacts: Artifact[]): Promise<Artifact[]> => {
  const isThere = async (artifact: Artifact): Promise<boolean> => {
    const folder = artifactFolder(cache, artifact);
    return existsSync(folder) && (artifact.present === undefined || (await artifact.present(folder)));
  };
  const there = await Promise.all(artifacts.map(isThere));
  return artifacts.filter((_, index) => !there[index]);
};

/** Folders a killed run left half-made. Only the holder of the lock makes any, so all of them are stale. */
const removePartials = (cache: Cache): void => {
  for (const name of existsSync(cache.artifacts) ? readdirSync(cache.artifacts) : []) {
    if (/\.partial-\d+$/.test(name)) rmSync(join(cache.artifacts, name), { recursive: true, force: true });
  }
};

const lastLines = (file: string, count: number): string[] =>
  readFileSync(file, "utf8").trimEnd().split(/\r?\n/).slice(-count);

/** Builds one artifact into a partial folder, which gets its name only when it is whole. */
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
      throw new Error(`${artifact.name} uses ${name} without naming it in "needs"`);
    return artifactFolder(cache, needed);
  };
  const log = openSync(logFile, "w");
  try {
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    await artifact.build({ target, of, log: (text) => void writeSync(log, text), report });
    rmSync(folder, { recursive: true, force: true }); // there, but `present` said no
    renameSync(target, folder);
  } catch (error) {
    writeSync(log, `\n${messageOf(error)}\n`);
    rmSync(target, { recursive: true, force: true });
    throw error;
  } finally {
    closeSync(log);
  }
};

const makeAll = async (missing: Artifact[], all: Map<string, Artifact>, options: ScheduleOptions): Promise<void> => {
  const { cache, heartbeatMs, terminal } = options;
  const workers = Math.max(1, options.workers ?? availableParallelism());
  const progress = new Progress(missing.length, options.print, {
    ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
    terminal,
  });
  const print = (line: string): void => progress.say(line);
  const waiting = [...missing];
  const unfinished = new Set(missing.map((artifact) => artifact.name));
  const running = new Map<string, Promise<void>>();
  const failed: string[] = [];

  const make = async (artifact: Artifact): Promise<void> => {
    const prefix = progress.start(artifact.name, artifact.title);
    const logFile = join(cache.logs, `${artifact.name}.log`);
    try {
      await build(cache, artifact, all, logFile, (...bytes) => progress.report(artifact.name, ...bytes));
      unfinished.delete(artifact.name);
      progress.end(artifact.name, prefix);
    } catch {
      failed.push(artifact.name);
      progress.end(artifact.name, prefix, true);
      print(`   the end of ${logFile}:`);
      for (const line of lastLines(logFile, 20)) print(`   | ${line}`);
      const others = [...running.keys()].filter((name) => name !== artifact.name);
      if (others.length > 0)
        print(`   nothing new begins; ${others.join(", ")} may still finish and is kept (Ctrl-C stops it)`);
    }
    running.delete(artifact.name);
  };

  while (waiting.length > 0 || running.size > 0) {
    const ready =
      failed.length === 0 && running.size < workers ? nextReady(waiting, (name) => !unfinished.has(name)) : undefined;
    if (ready) {
      waiting.splice(waiting.indexOf(ready), 1);
      // Entered before it runs, so that a build that fails at once still finds itself in the map.
      running.set(
        ready.name,
        Promise.resolve().then(() => make(ready)),
      );
    } else if (running.size > 0) {
      await Promise.race(running.values());
    } else break; // only after a failure: what is left waits for it
  }
  progress.stop();
  if (failed.length > 0) {
    const logs = failed.map((name) => `${name} (log: ${join(cache.logs, `${name}.log`)})`).join(", ");
    throw new Error(
      `not made: ${logs}; ${missing.length - unfinished.size} of ${missing.length} finished and stay. The same command goes on from here.`,
    );
  }
};

/** Makes what is missing, each after what it needs, as many at once as there are workers. Returns their names. */
export const runArtifacts = async (artifacts: Artifact[], options: ScheduleOptions): Promise<string[]> => {
  const ordered = orderByNeeds(artifacts);
  const { cache } = options;
  if ((await findMissing(cache, ordered)).length === 0) return []; // the warm case needs no lock
  const release = await takeLock(cache.lock, (pid) =>
    options.print(`another run (process ${pid}) is filling ${cache.artifacts}: waiting for it`),
  );
  try {
    for (const folder of [cache.artifacts, cache.logs]) mkdirSync(folder, { recursive: true });
    removePartials(cache);
    const missing = await findMissing(cache, ordered); // again: the run we waited for may have made it
    if (missing.length === 0) return [];
    await options.before?.(missing);
    await makeAll(missing, new Map(ordered.map((artifact) => [artifact.name, artifact])), options);
    return missing.map((artifact) => artifact.name);
  } finally {
    release();
  }
};
