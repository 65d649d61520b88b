import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "./exec";
import { askInternet, reasonOf } from "./http";
import { PermanentError } from "./proxy";

/** How stubborn a download is. */
export interface RetryPolicy {
  tries: number;
  /** Milliseconds before the second try; doubled for each further one. */
  pauseMs: number;
  /** Milliseconds without a byte after which a try is given up. */
  stallMs: number;
}

/** What is used outside tests. */
export const defaultRetryPolicy: RetryPolicy = { tries: 4, pauseMs: 2000, stallMs: 60_000 };

/** Takes the number of bytes received, and the size of the file where the server says it. */
export type Report = (received: number, size: number | undefined) => void;

/** A server's answer other than success. */
export class HttpStatusError extends Error {
  constructor(
    readonly status: number,
    readonly statusText: string,
  ) {
    super(`the server answered ${status}`);
  }
}

/** Whether another try would only repeat the failure: busy servers may recover, a missing file stays missing. */
const isFinal = (error: unknown): boolean => {
  if (error instanceof PermanentError) return true;
  if (!(error instanceof HttpStatusError)) return false;
  return error.status < 500 && error.status !== 429 && error.status !== 408;
};

/** Makes one try: hands the body over, and refuses a body that stalls or is cut short. */
const attempt = async <T>(
  url: string,
  stallMs: number,
  take: (body: Readable) => Promise<T>,
  report?: Report,
): Promise<T> => {
  const control = new AbortController();
  const stalled = (): void => control.abort(new Error(`timeout: nothing came for ${stallMs / 1000} s`));
  let timer = setTimeout(stalled, stallMs);
  try {
    const answer = await askInternet(url, { signal: control.signal });
    if (!answer.ok || !answer.body) {
      await answer.body?.cancel();
      throw new HttpStatusError(answer.status, answer.statusText);
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
      throw new Error(`${bytes} of ${length} bytes came`);
    }
    return taken;
  } finally {
    clearTimeout(timer);
  }
};

/** Tries again after faults of the network; `failed` gets each failure and the number of the try. */
const retry = async <T>(
  how: RetryPolicy,
  once: () => Promise<T>,
  failed: (error: unknown, count: number) => Promise<void> | void,
): Promise<T> => {
  for (let count = 1; ; count += 1) {
    try {
      return await once();
    } catch (error) {
      await failed(error, count);
      if (isFinal(error) || count >= how.tries) throw error;
      await sleep(how.pauseMs * 2 ** (count - 1));
    }
  }
};

/** Fetches a file, trying again after faults of the network; leaves nothing behind when it fails. */
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
  const textOf = (error: unknown): string => `${url} could not be fetched: ${reasonOf(error)}`;
  await retry(how, once, async (error, count) => {
    tries = count;
    await rm(target, { force: true });
    log(`${textOf(error)}\n`);
  }).catch((error: unknown) => {
    throw new Error(tries > 1 ? `${textOf(error)} (after ${tries} tries)` : textOf(error), { cause: error });
  });
};

/**
 * Fetches a file into memory, trying again after faults of the network.
 *
 * @throws HttpStatusError for an answer other than success, and what `askInternet` throws
 */
export const downloadBytes = (url: string, how: RetryPolicy = defaultRetryPolicy): Promise<Buffer> =>
  retry(
    how,
    () => attempt(url, how.stallMs, (body) => buffer(body)),
    () => undefined,
  );
