import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { askRegistry, imageAddress } from "../../../preflight/images/registry";

let servers: Server[];
let host: string;
/** Where the first registry sends those that ask for `moved/node`. */
let otherHost: string;
let requests: string[] = [];
let authorizations: string[] = [];

/** A registry on this machine with one image `open/node:v1`, the same behind tokens, and some that misbehave. */
const answer = ({ method, url = "", headers }: IncomingMessage): [number, Record<string, string>, string?] => {
  requests.push(`${method} ${headers.host === otherHost ? otherHost : ""}${url}`);
  if (headers.authorization !== undefined) authorizations.push(headers.authorization);
  if (url.startsWith("/token")) return [200, {}, JSON.stringify({ token: "for-anybody" })];
  if (url.startsWith("/broken")) return [500, {}];
  if (url.startsWith("/login")) {
    const isMe = headers.authorization === `Basic ${Buffer.from("me:right").toString("base64")}`;
    return isMe ? [200, {}, JSON.stringify({ token: "for-me" })] : [401, {}];
  }
  const [, repository, reference] = /^\/v2\/(.+)\/manifests\/(.+)$/.exec(url) ?? [];
  if (repository === "busy/node") return [429, {}];
  if (repository === "moved/node") return [307, { location: `http://${otherHost}${url.replace("moved", "guarded")}` }];
  if (repository === "basic/node" && headers.authorization !== `Basic ${Buffer.from("me:right").toString("base64")}`)
    return [401, { "www-authenticate": 'Basic realm="test"' }];
  if (repository === "mine/node" && headers.authorization !== "Bearer for-me")
    return [401, { "www-authenticate": `Bearer realm="http://${headers.host}/login",service="test"` }];
  const realms: Record<string, string> = { "guarded/node": "/token", "private/node": "/broken" };
  const realm = realms[repository ?? ""];
  if (realm !== undefined && headers.authorization !== "Bearer for-anybody") {
    const challenge = `Bearer realm="http://${headers.host}${realm}",service="test",scope="repository:${repository}:pull"`;
    return [401, { "www-authenticate": challenge }];
  }
  return [reference === "v1" && headers.accept?.includes("oci.image.index") ? 200 : 404, {}];
};

const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};

beforeAll(async () => {
  const create = () =>
    createServer((request, response) => {
      const [status, headers, body] = answer(request);
      response.writeHead(status, headers).end(body);
    });
  servers = [create(), create()];
  [host = "", otherHost = ""] = await Promise.all(servers.map(listen));
});

afterAll(() => Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve)))));

test.each([
  ["open/node:v1", "there"],
  ["open/node:v2", "missing"],
  ["guarded/node:v1", "there"],
  ["guarded/node:v9", "missing"],
  ["moved/node:v1", "there"],
  ["moved/node:v9", "missing"],
])("%s is %s", async (image, expected) => {
  expect(await askRegistry(`${host}/${image}`)).toBe(expected);
});

test("a token is asked for what the registry says, and by nobody", async () => {
  requests = [];
  await askRegistry(`${host}/guarded/node:v1`);
  expect(requests).toEqual([
    "HEAD /v2/guarded/node/manifests/v1",
    "GET /token?service=test&scope=repository%3Aguarded%2Fnode%3Apull",
    "HEAD /v2/guarded/node/manifests/v1",
  ]);
});

test("gives the token of a registry behind a redirect to that registry alone", async () => {
  requests = [];
  await askRegistry(`${host}/moved/node:v1`);
  expect(requests).toEqual([
    "HEAD /v2/moved/node/manifests/v1",
    `HEAD ${otherHost}/v2/guarded/node/manifests/v1`,
    `GET ${otherHost}/token?service=test&scope=repository%3Aguarded%2Fnode%3Apull`,
    `HEAD ${otherHost}/v2/guarded/node/manifests/v1`,
  ]);
});

test.each([
  ["busy/node:v1", /answered HTTP 429/],
  ["private/node:v1", /answered HTTP 401/],
])("what %s is cannot be known", async (image, expected) => {
  expect(await askRegistry(`${host}/${image}`)).toMatchObject({ unknown: expect.stringMatching(expected) });
});

test("reports the state of an image as unknown if its registry does not answer", async () => {
  expect(await askRegistry("127.0.0.1:1/a/b:v1")).toEqual({
    unknown: expect.stringMatching(/^127\.0\.0\.1:1 does not answer/),
  });
});

test.each([
  ["nginx:1", "registry-1.docker.io", "library/nginx", "1"],
  ["docker.io/nginx:1", "registry-1.docker.io", "library/nginx", "1"],
  ["kindest/node:v1.34.4", "registry-1.docker.io", "kindest/node", "v1.34.4"],
  ["gcr.io/a/b/c:v1", "gcr.io", "a/b/c", "v1"],
  ["localhost/a:1", "localhost", "a", "1"],
  ["localhost:5000/a:1", "localhost:5000", "a", "1"],
  ["kindest/node:v1@sha256:12", "registry-1.docker.io", "kindest/node", "sha256:12"],
])("%s is at %s", (image, registry, repository, reference) => {
  expect(imageAddress(image)).toEqual({ host: registry, repository, reference });
});

test.each(["basic/node:v1", "mine/node:v1"])("%s is there for the right login alone", async (image) => {
  const name = `${host}/${image}`;
  expect(await askRegistry(name, { login: { username: "me", password: "right" } })).toBe("there");
  const refused = { unknown: `${host} answered HTTP 401`, isRefused: true };
  expect(await askRegistry(name, { login: { username: "me", password: "wrong" } })).toEqual(refused);
  expect(await askRegistry(name)).toEqual(refused);
});

test("a registry behind a redirect does not get the login", async () => {
  authorizations = [];
  await askRegistry(`${host}/moved/node:v1`, { login: { username: "me", password: "right" } });
  expect(authorizations.filter((text) => text.startsWith("Basic"))).toEqual([]);
});
