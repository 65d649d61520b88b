import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { chooseRoute, forcedRoute, probeRoute, releaseProbes, type Choice } from "../../../cli/toolchain/route";

let server: Server;
let base: string;
let checkout: string;
let probes: number;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === "/ok") response.writeHead(200).end();
    else if (request.url === "/moved") response.writeHead(302, { location: "/ok" }).end();
    else if (request.url === "/missing") response.writeHead(404).end();
    // anything else: silence
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), "slipway-route-"));
  probes = 0;
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
    'SLIPWAY_ROUTE is "offline": it takes release or source',
  );
});

test("the probed files are pinned, and over TLS", () => {
  for (const url of releaseProbes()) expect(url).toMatch(/^https:\/\/.+\/v\d+\.\d+\.\d+\//);
});

test("hosts that answer mean release, redirects included", async () => {
  expect((await probeRoute([`${base}/ok`, `${base}/moved`], 500)).route).toBe("release");
});

test.each([
  ["a file that is not there", "/missing", /answered 404 for .+\/missing/],
  ["silence", "/silent", /cannot be reached \(no answer in time\)/],
])("%s means source, and says so", async (_, path, reason) => {
  const choice = await probeRoute([`${base}/ok`, `${base}${path}`], 100);
  expect(choice.route).toBe("source");
  expect(choice.reason).toMatch(reason);
});

test("a closed port means source", async () => {
  expect(await probeRoute(["http://127.0.0.1:1/x"], 500)).toMatchObject({ route: "source" });
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
