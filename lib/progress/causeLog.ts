import type { Cause } from "./causes";

/** Seconds for which a cause must be gone before it counts as solved: one list may miss a pod that is just replaced. */
const solvedAfter = 5;

/** Seconds after its end in which a cause that comes back is not reported again. */
const quietFor = 120;

interface Entry {
  cause: Cause;
  since: number;
  last: number;
  isReported: boolean;
  solvedAt?: number;
}

/** Returns the lines about a cause: object and reason, then the next step. */
const reportLines = (source: string, { cluster = source, line, remedy }: Cause): string[] => [
  `${cluster} is held up: ${line}`,
  `  next step: ${remedy}`,
];

/**
 * Decides which causes are reported: each once, after its tolerance, and once more when the cause is gone. Seconds count
 * from the start of the run.
 */
export class CauseLog {
  private readonly entries = new Map<string, Entry>();

  /** Takes the causes of a cluster as they are now; returns the lines to print. */
  take(cluster: string, causes: readonly Cause[], seconds: number): string[] {
    const lines: string[] = [];
    const present = new Set(causes.map(({ key }) => `${cluster} ${key}`));
    for (const cause of causes) lines.push(...this.see(cluster, cause, seconds));
    for (const [key, entry] of this.entries) {
      if (!key.startsWith(`${cluster} `) || present.has(key) || seconds - entry.last < solvedAfter) continue;
      if (entry.solvedAt !== undefined) continue;
      if (entry.isReported) {
        entry.solvedAt = seconds;
        lines.push(`${entry.cause.cluster ?? cluster}: solved: ${entry.cause.object}`);
      } else this.entries.delete(key);
    }
    return lines;
  }

  private see(cluster: string, cause: Cause, seconds: number): string[] {
    const key = `${cluster} ${cause.key}`;
    const known = this.entries.get(key);
    const isBack = known?.solvedAt !== undefined && seconds - known.solvedAt >= quietFor;
    const entry = known === undefined || isBack ? { cause, since: seconds, last: seconds, isReported: false } : known;
    this.entries.set(key, entry);
    // Within the quiet time, a cause that comes back counts as the same cause.
    if (entry.solvedAt !== undefined && seconds - entry.solvedAt < quietFor) return [];
    entry.last = seconds;
    entry.cause = cause;
    if (entry.isReported || seconds - entry.since < cause.tolerance) return [];
    entry.isReported = true;
    return reportLines(cluster, cause);
  }

  /** The causes that were reported and are not gone. */
  get open(): Cause[] {
    return [...this.entries.values()]
      .filter((entry) => entry.isReported && entry.solvedAt === undefined)
      .map(({ cause }) => cause);
  }
}
