import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "@jest/globals";
import { requestLoop, statisticsOf, statisticsText } from "./requests";

describe("statistics", () => {
  test("of no request", () => {
    expect(statisticsOf([])).toEqual({
      attempts: 0,
      failed: 0,
      failedShare: 0,
      longestGapMs: 0,
      slowestMs: 0,
      errors: {},
    });
  });

  test("count failures by their kind, and the gap between answers", () => {
    const statistics = statisticsOf([
      { at: 600, ms: 9 },
      { at: 0, ms: 5 },
      { at: 200, ms: 2000, error: "timeout" },
      { at: 400, ms: 1, error: "ECONNREFUSED" },
    ]);
    expect(statistics).toEqual({
      attempts: 4,
      failed: 2,
      failedShare: 0.5,
      longestGapMs: 600,
      slowestMs: 9,
      errors: { timeout: 1, ECONNREFUSED: 1 },
    });
    expect(statisticsText(statistics)).toBe(
      "4 requests, 2 failed (50.00 %); longest gap 0.6 s, slowest answer 9 ms; 1 × timeout; 1 × ECONNREFUSED",
    );
  });

  test("count the time before the first answer and after the last", () => {
    const error = "timeout";
    expect(
      statisticsOf([
        { at: 0, ms: 1, error },
        { at: 900, ms: 1 },
      ]).longestGapMs,
    ).toBe(900);
    expect(
      statisticsOf([
        { at: 0, ms: 1 },
        { at: 800, ms: 1, error },
      ]).longestGapMs,
    ).toBe(800);
  });
});

describe("the loop", () => {
  let server: Server | undefined;
  afterEach(() => void server?.close());
  const serve = async (answer: (count: number) => number): Promise<string> => {
    let count = 0;
    server = createServer((_, response) => response.writeHead(answer((count += 1))).end("hello"));
    await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  };

  test("asks until it is stopped, and tells failures from answers", async () => {
    const loop = requestLoop(await serve((count) => (count === 2 ? 503 : 200)), { everyMs: 10 });
    await sleep(200);
    const attempts = await loop.stop();
    expect(attempts.length).toBeGreaterThan(5);
    expect(statisticsOf(attempts)).toMatchObject({ failed: 1, errors: { "status 503": 1 } });
  });

  test("stops by itself when its time is over", async () => {
    const loop = requestLoop(await serve(() => 200), { everyMs: 10, atMostMs: 50 });
    await sleep(150);
    const count = (await loop.stop()).length;
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThanOrEqual(6);
  });

  test("counts a server that is not there", async () => {
    const url = await serve(() => 200);
    await new Promise((resolve) => server!.close(resolve));
    const loop = requestLoop(url, { everyMs: 10 });
    await sleep(100);
    const { attempts, failed, errors } = statisticsOf(await loop.stop());
    expect(failed).toBe(attempts);
    expect(Object.keys(errors)).toEqual(["ECONNREFUSED"]);
  });
});
