import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { checkSources } from "../../../preflight/sources/checkSources";
import type { Source } from "../../../preflight/sources/stackSources";

let server: Server;
let port = 0;
const requests: string[] = [];
const open = new Set<string>();
let mostOpen = 0;
let sameHost = 0;

beforeAll(async () => {
  server = createServer(({ method, url = "", headers }, response) => {
    const host = headers.host ?? "";
    requests.push(`${method} ${url}`);
    if (open.has(host)) sameHost += 1;
    open.add(host);
    mostOpen = Math.max(mostOpen, open.size);
    const statuses: Record<string, number> = { "/gone": 404, "/busy": 503, "/v2/dev/web/manifests/v2": 404 };
    setTimeout(() => {
      open.delete(host);
      response.writeHead(statuses[url] ?? 200).end();
    }, 50);
  });
  await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const file = (path: string, host = 1): Source => ({
  type: "file",
  location: `http://127.0.0.${host}:${port}/${path}`,
  neededFor: ["test"],
});
const image = (tag: string): Source => ({ type: "image", location: `127.0.0.1:${port}/dev/web:${tag}`, neededFor: [] });

test("sources that are there come first, and missing ones last", async () => {
  const answers = await checkSources([file("gone"), file("busy"), image("v2"), image("v1"), file("here")]);
  expect(answers.map(({ state }) => state)).toEqual(["there", "there", "unknown", "missing", "missing"]);
  expect(answers[2]).toMatchObject({ state: "unknown", reason: "HTTP 503" });
  expect(requests.sort()).toEqual([
    "HEAD /busy",
    "HEAD /gone",
    "HEAD /here",
    "HEAD /v2/dev/web/manifests/v1",
    "HEAD /v2/dev/web/manifests/v2",
  ]);
});

test("at most four hosts are asked at the same time, and each host one source after the other", async () => {
  await checkSources([2, 3, 4, 5, 6, 7].flatMap((host) => [file("a", host), file("b", host)]));
  expect(mostOpen).toBe(4);
  expect(sameHost).toBe(0);
});

test("a host that does not answer makes the state unknown, with the reason", async () => {
  const [answer] = await checkSources([{ type: "file", location: "http://127.0.0.1:9/x", neededFor: [] }]);
  expect(answer?.state).toBe("unknown");
  expect(answer?.reason).not.toBe("");
});
