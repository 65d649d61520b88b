import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../../../system/exec";

/** How stubborn a download is. */
export interface Patience {
  tries: number;
  /** Milliseconds before the second try; doubled for each further one. */
  pauseMs: number;
  /** Milliseconds without a byte after which a try is given up. */
  stallMs: number;
}

/** What is used outside tests. */
export const patience: Patience = { tries: 4, pauseMs: 2000, stallMs: 60_000 };

/** A failure that another try would only repeat. */
class Refused extends Error {}

const attempt = async (url: string, target: string, stallMs: number): Promise<void> => {
  const control = new AbortController();
  const stalled = (): void => control.abort(new Error(`nothing came for ${stallMs / 1000} s`));
  let timer = setTimeout(stalled, stallMs);
  try {
    const answer = await fetch(url, { redirect: "follow", signal: control.signal });
    if (url.startsWith("https:") && !answer.url.startsWith("https:"))
      throw new Refused(`redirected to ${answer.url}, without TLS`);
    if (!answer.ok || !answer.body) {
      const text = `the server answered ${answer.status}`;
      // Busy servers may recover; a file that is not there stays away.
      throw answer.status >= 500 || answer.status === 429 || answer.status === 408
        ? new Error(text)
        : new Refused(text);
    }
    let bytes = 0;
    const body = Readable.fromWeb(answer.body as ReadableStream<Uint8Array>);
    body.on("data", (chunk: Uint8Array) => {
      bytes += chunk.length;
      clearTimeout(timer);
      timer = setTimeout(stalled, stallMs);
    });
    await pipeline(body, createWriteStream(target));
    const length = answer.headers.get("content-length");
    if (length !== null && !answer.headers.has("content-encoding") && bytes !== Number(length)) {
      throw new Error(`${bytes} of ${length} bytes came`);
    }
  } finally {
    clearTimeout(timer);
  }
};

const reason = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
};

/** Fetches a file, trying again after faults of the network; leaves nothing behind when it fails. */
export const download = async (url: string, target: string, log: Log, how: Patience = patience): Promise<void> => {
  for (let count = 1; ; count += 1) {
    try {
      log(`fetching ${url}\n`);
      return await attempt(url, target, how.stallMs);
    } catch (error) {
      await rm(target, { force: true });
      const text = `${url} could not be fetched: ${reason(error)}`;
      log(`${text}\n`);
      if (error instanceof Refused || count >= how.tries) {
        throw new Error(count > 1 ? `${text} (after ${count} tries)` : text, { cause: error });
      }
      await sleep(how.pauseMs * 2 ** (count - 1));
    }
  }
};
