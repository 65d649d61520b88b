import { get } from "node:http";

/** One request. */
export interface Attempt {
  /** Milliseconds since the loop began. */
  at: number;
  /** How long it took. */
  ms: number;
  /** Absent where it was answered with 200. */
  error?: string;
}

/** What a series of requests comes to. */
export interface RequestStatistics {
  attempts: number;
  failed: number;
  /** 0 to 1. */
  failedShare: number;
  /** Longest time without an answered request, from the last good one to the next, in milliseconds. */
  longestGapMs: number;
  slowestMs: number;
  errors: Record<string, number>;
}

/** Summarizes a series of requests. */
export const statisticsOf = (attempts: readonly Attempt[]): RequestStatistics => {
  const sorted = [...attempts].sort((a, b) => a.at - b.at);
  const errors: Record<string, number> = {};
  for (const { error } of sorted) if (error !== undefined) errors[error] = (errors[error] ?? 0) + 1;
  const good = sorted.filter(({ error }) => error === undefined);
  const moments = [sorted[0]?.at ?? 0, ...good.map(({ at }) => at), sorted.at(-1)?.at ?? 0];
  const failed = sorted.length - good.length;
  return {
    attempts: sorted.length,
    failed,
    failedShare: sorted.length === 0 ? 0 : failed / sorted.length,
    longestGapMs: Math.max(0, ...moments.slice(1).map((moment, index) => moment - (moments[index] ?? 0))),
    slowestMs: Math.max(0, ...good.map(({ ms }) => ms)),
    errors,
  };
};

/** The statistics in a line. */
export const statisticsText = (statistics: RequestStatistics): string => {
  const { attempts, failed, failedShare, longestGapMs, slowestMs, errors } = statistics;
  const kinds = Object.entries(errors).map(([error, count]) => `${count} × ${error}`);
  return [
    `${attempts} requests, ${failed} failed (${(failedShare * 100).toFixed(2)} %)`,
    `longest gap ${(longestGapMs / 1000).toFixed(1)} s, slowest answer ${slowestMs} ms`,
    ...kinds,
  ].join("; ");
};

/** One request over a connection of its own, as a new visitor makes it. */
const request = (url: string, timeoutMs: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const clientRequest = get(url, { agent: false, timeout: timeoutMs }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode === 200 ? undefined : `status ${response.statusCode}`));
      response.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
    clientRequest.on("timeout", () => clientRequest.destroy(Object.assign(new Error("timeout"), { code: "timeout" })));
    clientRequest.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });

/**
 * Sends a request every so often, whatever became of the ones before, until it is stopped or its time is over; `stop`
 * waits for those under way and gives all.
 */
export const requestLoop = (
  url: string,
  { everyMs = 200, timeoutMs = 2000, atMostMs = 3_600_000 } = {},
): { stop: () => Promise<Attempt[]> } => {
  const start = Date.now();
  const all: Promise<Attempt>[] = [];
  const timer = setInterval(() => {
    const at = Date.now() - start;
    if (at > atMostMs) return clearInterval(timer);
    const attempt = request(url, timeoutMs).then((error): Attempt => ({
      at,
      ms: Date.now() - start - at,
      ...(error === undefined ? {} : { error }),
    }));
    all.push(attempt);
  }, everyMs);
  return {
    stop: () => {
      clearInterval(timer);
      return Promise.all(all);
    },
  };
};
