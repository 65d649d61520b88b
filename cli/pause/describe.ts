import { listArguments, parseContainers } from "../../lib/base/container";
import type { ListedContainer } from "../../lib/base/container";
import { clusterLabel } from "../../lib/base/labels";
import { docker, type Docker } from "../../system/docker";
import { loadPause, type PauseRecord } from "./record";

/** A stack that was stopped, completely or in part. Each list has names of containers. */
export interface PauseState {
  /** Time of the stop in ISO 8601; null if no `stop` recorded it, as after a `docker stop`. */
  since: string | null;
  running: string[];
  stopped: string[];
  /** Recorded containers that Docker no longer has. */
  missing: string[];
}

/**
 * Compares the record of a stopped stack with Docker's containers. Returns undefined if the stack was not stopped: it has
 * no record, and all of its containers run.
 *
 * @param clusters names of the stack's clusters, for containers that the record does not have
 */
export const pauseState = (
  record: PauseRecord | undefined,
  containers: readonly Pick<ListedContainer, "id" | "name" | "cluster" | "running" | "state">[],
  clusters: readonly string[],
): PauseState | undefined => {
  const recorded = record?.containers ?? [];
  const ours = containers.filter(
    ({ id, cluster }) => clusters.includes(cluster) || recorded.some((container) => container.id === id),
  );
  const names = (isRunning: boolean): string[] =>
    ours
      .filter(({ running }) => running === isRunning)
      .map(({ name }) => name)
      .sort();
  const missing = recorded.filter(({ id }) => !ours.some((container) => container.id === id)).map(({ name }) => name);
  const [running, stopped] = [names(true), names(false)];
  // A running up has containers that it created and did not start yet.
  if (record === undefined && !ours.some(({ state }) => state === "exited")) return undefined;
  return { since: record?.stoppedAt ?? null, running, stopped, missing: missing.sort() };
};

/** Returns the state of a stopped stack as lines for the user. */
export const pauseLines = (stack: string, { since, running, stopped, missing }: PauseState): string[] => {
  const when = since === null ? "" : ` since ${since.slice(0, 16).replace("T", " ")} UTC`;
  const lost = missing.length === 0 ? [] : [`gone from Docker: ${missing.join(", ")}`];
  if (running.length === 0) return [`stack ${stack} is stopped${when}: make start starts it`, ...lost];
  if (stopped.length === 0)
    return [`stack ${stack} runs, but it is recorded as stopped${when}: make start or make stop finishes`, ...lost];
  return [
    `stack ${stack} is stopped in part${when}: make start starts the rest, make stop stops the rest`,
    `running: ${running.join(", ")}`,
    `stopped: ${stopped.join(", ")}`,
    ...lost,
  ];
};

/** Reads the state of a stack with a record; undefined without a record. */
export const readPause = async (
  { checkout, stack }: { checkout: string; stack: string },
  runDocker: Docker = docker,
): Promise<PauseState | undefined> => {
  const record = loadPause(checkout, stack);
  if (record === undefined) return undefined;
  const listed = parseContainers(await runDocker(...listArguments(`label=${clusterLabel}`)));
  const helpers = record.containers.some(({ cluster }) => cluster === "")
    ? parseContainers(await runDocker(...listArguments()))
    : [];
  return pauseState(record, [...listed, ...helpers.filter(({ cluster }) => cluster === "")], []);
};

/**
 * Checks that a stack was not stopped, before a command that reads its clusters.
 *
 * @throws if recorded containers do not run
 */
export const requireStarted = async (
  target: { checkout: string; stack: string },
  runDocker: Docker = docker,
): Promise<void> => {
  const state = await readPause(target, runDocker);
  if (state === undefined || (state.stopped.length === 0 && state.missing.length === 0)) return;
  const some = state.running.length > 0 ? "a stack that was stopped in part" : "a stopped stack";
  throw new Error(
    `stack ${target.stack}: expected running clusters, got ${some} (since ${state.since}). Run make start first.`,
  );
};
