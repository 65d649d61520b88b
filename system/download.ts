import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import type { Log } from "./exec";
import { askInternet, isTemporaryStatus, reasonOf, retryAfterMs } from "./http";
import { PermanentError } from "./proxy";
import { retry } from "./retry";

/** Number of tries of a download, and the time limits. */
export interface RetryPolicy {
  tries: number;
  /** Milliseconds before the second try. The pause doubles before each further try. */
  pauseMs: number;
  /** Milliseconds without a byte after which a try fails. */
  stallMs: number;
}

/** The default policy outside tests. */
export const defaultRetryPolicy: RetryPolicy = { tries: 4, pauseMs: 2000, stallMs: 60_000 };

/** Receives the number of bytes so far, and the size of the file if the server sends it. */
export type Report = (received: number, size: number | undefined) => void;

/** An HTTP response with a status other than success. */
export class HttpStatusError extends Error {
  constructor(
    readonly status: number,
    readonly statusText: string,
    /** Milliseconds until the next try that the server asks for. */
    readonly retryAfterMs = 0,
  ) {
    super(`the server answered ${status}`);
  }
}

/** Returns true if another try cannot succeed: a busy server may recover, but a missing file stays missing. */
const isFinal = (error: unknown): boolean => {
  if (error instanceof PermanentError) return true;
  if (!(error instanceof HttpStatusError)) return false;
  return !isTemporaryStatus(error.status);
};

/**
 * Requests a URL once and passes the body to `take`.
 *
 * @throws Error if the body stalls or ends too early
 */
const attempt = async <T>(
  url: string,
  stallMs: number,
  take: (body: Readable) => Promise<T>,
  report?: Report,
): Promise<T> => {
  const control = new AbortController();
  const stalled = (): void => control.abort(new Error(`the server sent no data for ${stallMs / 1000} s`));
  let timer = setTimeout(stalled, stallMs);
  try {
    const answer = await askInternet(url, { signal: control.signal });
    if (!answer.ok || !answer.body) {
      await answer.body?.cancel();
      throw new HttpStatusError(answer.status, answer.statusText, retryAfterMs(answer.headers.get("retry-after")));
    }
    let bytes = 0;
    const body = Readable.fromWeb(answer.body);
    body.on("data", (chunk: Uint8Array) => {
      bytes += chunk.length;
      report?.(bytes, Number(answer.headers.get("content-length")) || undefined);
      clearTimeout(timer);
      timer = setTimeout(stalled, stallMs);
    });
    const taken = await take(body);
    const length = answer.headers.get("content-length");
    if (length !== null && !answer.headers.has("content-encoding") && bytes !== Number(length)) {
      throw new Error(`received only ${bytes} of ${length} bytes`);
    }
    return taken;
  } finally {
    clearTimeout(timer);
  }
};

/**
 * Returns the milliseconds before the next try of a download, not less than a server asks for; undefined if no try
 * follows.
 */
const pauseAfter = ({ tries, pauseMs }: RetryPolicy, error: unknown, count: number): number | undefined => {
  if (isFinal(error) || count >= tries) return undefined;
  const requestedMs = error instanceof HttpStatusError ? error.retryAfterMs : 0;
  return Math.max(pauseMs * 2 ** (count - 1), requestedMs);
};

/** Downloads a file and retries after network errors. Deletes a partial file after a failure. */
export const download = async (
  url: string,
  target: string,
  log: Log,
  how: RetryPolicy = defaultRetryPolicy,
  report?: Report,
): Promise<void> => {
  let tries = 0;
  const once = (): Promise<void> => {
    log(`fetching ${url}\n`);
    return attempt(url, how.stallMs, (body) => pipeline(body, createWriteStream(target)), report);
  };
  const textOf = (error: unknown): string => `${url}: expected a file, got: ${reasonOf(error)}`;
  await retry(once, async (error, count) => {
    tries = count;
    await rm(target, { force: true });
    log(`${textOf(error)}\n`);
    return pauseAfter(how, error, count);
  }).catch((error: unknown) => {
    const text = tries > 1 ? `${textOf(error)} (after ${tries} tries)` : textOf(error);
    throw new Error(`${text}. Check the network and the proxy settings, then run the command again.`, { cause: error });
  });
};

/**
 * Downloads a file into memory and retries after network errors.
 *
 * @throws HttpStatusError for a status other than success, and the errors of `askInternet`
 */
export const downloadBytes = (url: string, how: RetryPolicy = defaultRetryPolicy): Promise<Buffer> =>
  retry(
    () => attempt(url, how.stallMs, (body) => buffer(body)),
    (error, count) => pauseAfter(how, error, count),
  );
