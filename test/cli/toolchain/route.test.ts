import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from "@jest/globals";
import {
  chooseRoute,
  forcedRoute,
  probeRoute,
  releaseProbes,
  routeLine,
  type Choice,
  type ProbeResult,
} from "../../../cli/toolchain/route";

let server: Server;
let base: string;
let checkout: string;
let probes: number;
/** How often each path was requested. */
let requests: Record<string, number>;
/** The same server by another name, for a second host. */
let other: string;

const quick = { timeoutMs: 500, pauseMs: 1 };

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? "";
    const count = (requests[path] = (requests[path] ?? 0) + 1);
    const [, status, times] = /^\/(\d+)(?:-times-(\d+))?$/.exec(path) ?? [];
    if (status !== undefined) response.writeHead(count <= Number(times ?? Infinity) ? Number(status) : 200).end();
    else if (request.url === "/ok") response.writeHead(200).end();
    else if (request.url === "/moved") response.writeHead(302, { location: "/ok" }).end();
    else if (request.url === "/missing") response.writeHead(404).end();
    // anything else: silence
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  other = `http://localhost:${(server.address() as AddressInfo).port}`;
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), "slipway-route-"));
  probes = 0;
  requests = {};
});
afterEach(() => rmSync(checkout, { recursive: true, force: true }));

const probe = (route: Choice["route"]) => (): Promise<Choice> => {
  probes += 1;
  return Promise.resolve({ route, reason: "tried" });
};

test("accepts two values of SLIPWAY_ROUTE and refuses all others", () => {
  expect(forcedRoute({ SLIPWAY_ROUTE: "source" })).toBe("source");
  expect(forcedRoute({ SLIPWAY_ROUTE: "" })).toBeUndefined();
  expect(() => forcedRoute({ SLIPWAY_ROUTE: "offline" })).toThrow(
    'SLIPWAY_ROUTE: expected release or source, got "offline". Correct the variable, or unset it.',
  );
});

test("the probed files are pinned, and over TLS", () => {
  for (const url of releaseProbes()) expect(url).toMatch(/^https:\/\/.+\/v\d+\.\d+\.\d+\//);
});

test("hosts that answer mean release, redirects included", async () => {
  expect((await probeRoute([`${base}/ok`, `${base}/moved`], quick)).route).toBe("release");
});

test("a file that is not there means source, and says so, after one try", async () => {
  const choice = await probeRoute([`${base}/ok`, `${base}/missing`], quick);
  expect(choice.route).toBe("source");
  expect(choice.reason).toMatch(/answered 404 for .+\/missing/);
});

test.each([
  ["503", "/503-times-2"],
  ["429", "/429-times-1"],
])("a host that answers %s at first and the file later means release", async (_, path) => {
  expect((await probeRoute([`${base}/ok`, `${base}${path}`], quick)).route).toBe("release");
  expect(requests["/ok"]).toBe(1);
});

test.each([
  ["a busy server", "/503", /answered 503 for .+\/503/],
  ["a server with too many questions", "/429", /answered 429/],
  ["silence of one host", "/silent", /cannot be reached \(no answer in time\)/],
])("%s decides nothing after three tries, and is named", async (_, path, reason) => {
  const result = await probeRoute([`${base}/ok`, `${base}${path}`], { timeoutMs: 100, pauseMs: 1 });
  expect(result.route).toBeUndefined();
  expect(result.reason).toMatch(reason);
  expect(requests[path]).toBe(3);
});

/** Returns an address at which nothing listens. */
const closedAddress = async (): Promise<string> => {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  return `http://127.0.0.1:${port}/x`;
};

test("closed ports of all hosts mean source", async () => {
  const urls = [await closedAddress(), "http://host.invalid/x"];
  const result = await probeRoute(urls, quick);
  expect(result).toMatchObject({ route: "source" });
  expect(result.reason).toMatch(/ECONNREFUSED.*; host\.invalid cannot be reached/);
});

test("a closed port of one host of two decides nothing", async () => {
  const result = await probeRoute([`${other}/ok`, await closedAddress()], quick);
  expect(result.route).toBeUndefined();
  expect(result.reason).toMatch(/^127\.0\.0\.1:\d+ cannot be reached/);
});

test.each([
  ["cannot be used", "socks5://proxy.example:1080", "http_proxy: expected the URL of a proxy"],
  ["does not answer", "http://127.0.0.1:1", "http_proxy: expected a proxy that answers"],
])("a proxy that %s decides nothing, and is named", async (_, proxy, named) => {
  const before = process.env["http_proxy"];
  process.env["http_proxy"] = proxy;
  try {
    // The client of the module reads the environment once.
    await jest.isolateModulesAsync(async () => {
      const module = await import("../../../cli/toolchain/route.ts");
      const result = await module.probeRoute(["http://files.example/x"], quick);
      expect(result.route).toBeUndefined();
      expect(result.reason).toContain(named);
    });
  } finally {
    if (before === undefined) delete process.env["http_proxy"];
    else process.env["http_proxy"] = before;
  }
});

test("detects the route once, stores it, and detects it again on request", async () => {
  const first = await chooseRoute({ checkout, env: {}, probe: probe("source") });
  expect(first).toEqual({ route: "source", reason: "tried", fresh: true });
  const second = await chooseRoute({ checkout, env: {}, probe: probe("release") });
  expect(second).toEqual({ route: "source", reason: "tried", fresh: false });
  expect(probes).toBe(1);
  const again = await chooseRoute({ checkout, env: {}, again: true, probe: probe("release") });
  expect(again).toMatchObject({ route: "release", fresh: true });
});

test("stores a forced route without requests, and reports it once", async () => {
  const env = { SLIPWAY_ROUTE: "release" };
  expect(await chooseRoute({ checkout, env, probe: probe("source") })).toMatchObject({ route: "release", fresh: true });
  expect(await chooseRoute({ checkout, env, probe: probe("source") })).toMatchObject({ fresh: false });
  expect(await chooseRoute({ checkout, env: {}, probe: probe("source") })).toMatchObject({
    route: "release",
    fresh: false,
  });
  expect(probes).toBe(0);
  expect(readFileSync(join(checkout, ".slipway", "route"), "utf8")).toBe("release\nSLIPWAY_ROUTE=release\n");
});

test("without a clear answer, tools and a remembered route, nothing is chosen, and the next run tries again", async () => {
  const unclear = (): Promise<ProbeResult> => {
    probes += 1;
    return Promise.resolve({ reason: "dl.k8s.io answered 503" });
  };
  const refusal =
    /^route: expected a clear answer .*: dl\.k8s\.io answered 503\. Try again later, or set SLIPWAY_ROUTE=release/;
  await expect(chooseRoute({ checkout, env: {}, probe: unclear })).rejects.toThrow(refusal);
  expect(existsSync(join(checkout, ".slipway", "route"))).toBe(false);
  await expect(chooseRoute({ checkout, env: {}, probe: unclear })).rejects.toThrow(refusal);
  expect(probes).toBe(2);
});

test("without a clear answer, the installed tools and the remembered route stay", async () => {
  const unclear = (): Promise<ProbeResult> => Promise.resolve({ reason: "busy" });
  mkdirSync(join(checkout, "cache", "source", "tools-key"), { recursive: true });
  symlinkSync(join(checkout, "cache", "source", "tools-key"), join(checkout, ".tools"));
  expect(await chooseRoute({ checkout, env: {}, probe: unclear })).toEqual({
    route: "source",
    reason: "for this run, without a clear answer: busy",
    fresh: true,
  });
  await chooseRoute({ checkout, env: {}, probe: probe("release") });
  expect(await chooseRoute({ checkout, env: {}, again: true, probe: unclear })).toMatchObject({ route: "release" });
  expect(readFileSync(join(checkout, ".slipway", "route"), "utf8")).toBe("release\ntried\n");
});

test("the printed line says how to force the other route", () => {
  expect(routeLine({ route: "source", reason: "why" })).toBe(
    "route: source (why); SLIPWAY_ROUTE=release forces the other one",
  );
  expect(routeLine({ route: "release", reason: "why" })).toContain("SLIPWAY_ROUTE=source forces");
});
