/** Fields of a report of an earlier run that the estimate reads. */
export interface EarlierRun {
  version: number;
  command: string;
  settingsChecksum: string;
  machine: string;
  succeeded: boolean;
  seconds: number;
  startedAt: string;
  createdManagementCluster: boolean;
}

/** A run whose time is estimated. */
export type EstimatedRun = Pick<EarlierRun, "settingsChecksum" | "machine">;

/** Shortest and longest time of the earlier runs, in seconds. */
export interface Estimate {
  least: number;
  most: number;
}

/** Fewer runs would make a range by chance. */
const neededRuns = 3;

/** Only the latest runs count, because the machine and the caches change. */
const usedRuns = 8;

/**
 * Returns the time of an `up` from nothing; undefined with fewer than three such runs of the same settings on this
 * machine.
 */
export const estimateUp = (
  runs: readonly Partial<EarlierRun>[],
  { settingsChecksum, machine }: EstimatedRun,
): Estimate | undefined => {
  const times = runs
    .filter(
      (run) =>
        run.version === 1 &&
        run.command === "up" &&
        run.succeeded === true &&
        run.createdManagementCluster === true &&
        run.settingsChecksum === settingsChecksum &&
        run.machine === machine &&
        typeof run.seconds === "number" &&
        run.seconds > 0,
    )
    .sort((left, right) => ((left.startedAt ?? "") < (right.startedAt ?? "") ? 1 : -1))
    .slice(0, usedRuns)
    .map(({ seconds = 0 }) => seconds);
  return times.length < neededRuns ? undefined : { least: Math.min(...times), most: Math.max(...times) };
};

/** Returns the remaining time as a range: `2 to 3 minutes left`. */
export const remainingText = ({ least, most }: Estimate, seconds: number): string => {
  if (seconds >= most) return "longer than the earlier runs";
  const upper = Math.max(1, Math.ceil((most - seconds) / 60));
  const lower = Math.floor(Math.max(0, least - seconds) / 60);
  if (upper === 1) return "less than a minute left";
  if (lower === 0) return `less than ${upper} minutes left`;
  return `${lower} to ${upper} minutes left`;
};
