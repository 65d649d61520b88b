import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { readSettings } from "../../../lib/settings/settings";
import { pins, type Route } from "../../../lib/versions/pins";
import { checkHosts, fileQuestion, hostsOfSettings, serviceQuestion } from "../../../preflight/host/hosts";

let server: Server;
let port: number;
let requests: string[];
let [open, mostOpen]: number[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.headers.host}${request.url}`);
    const [, status] = /^\/(\d+)$/.exec(request.url ?? "") ?? [];
    if (status === undefined) return; // silence
    open = (open ?? 0) + 1;
    mostOpen = Math.max(mostOpen ?? 0, open);
    setTimeout(() => {
      open = (open ?? 0) - 1;
      response.writeHead(Number(status)).end();
    }, 50);
  });
  await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  requests = [];
  [open, mostOpen] = [0, 0];
});

const address = (host: number, path: string): string => `http://127.0.0.${host}:${port}${path}`;

describe("checkHosts", () => {
  test("asks each host once, at most four at the same time", async () => {
    const hosts = [1, 2, 3, 4, 5, 6, 7];
    const checks = await checkHosts([...hosts, ...hosts].map((host) => fileQuestion(address(host, "/200"))));
    expect(checks).toEqual(
      hosts.map((host) => ({ name: "host", status: "ok", detail: `127.0.0.${host}:${port} answers` })),
    );
    expect(requests).toHaveLength(hosts.length);
    expect(requests[0]).toMatch(/^HEAD /);
    expect(mostOpen).toBe(4);
  });

  test("warns of a host that does not answer, with the remedy", async () => {
    const [check] = await checkHosts([fileQuestion(address(1, "/silent"))], 100);
    expect(check).toMatchObject({ name: "host", status: "warn" });
    expect(check?.detail).toBe(`127.0.0.1:${port} does not answer: no answer in time`);
    expect(check?.remedy).toMatch(/firewall.*HTTPS_PROXY.*mirror/);
  });

  test.each([
    ["a file that is missing", fileQuestion, "/404", "warn"],
    ["a package registry without a page there", serviceQuestion, "/404", "ok"],
    ["a package registry that fails", serviceQuestion, "/503", "warn"],
  ] as const)("judges %s", async (_, question, path, status) => {
    expect(await checkHosts([question(address(1, path))])).toMatchObject([{ status }]);
  });

  test("asks a package registry without the password in its address", () =>
    expect(serviceQuestion("https://user:secret@go.example/proxy").url).toBe("https://go.example/proxy"));
});

const hostsOf = (config: Record<string, unknown>, route: Route = "release"): string[] =>
  [...new Set(hostsOfSettings(readSettings({ config, pins, route })).map(({ url }) => new URL(url).host))].sort();

describe("hostsOfSettings", () => {
  test("names what one cluster with Calico and MetalLB needs", () =>
    expect(hostsOf({})).toEqual([
      "gcr.io",
      "github.com",
      "quay.io",
      "raw.githubusercontent.com",
      "registry-1.docker.io",
      "registry.k8s.io",
    ]));

  test("names ghcr.io only for flannel", () =>
    expect(hostsOf({ clusters: [{ name: "a", cni: "flannel" }] })).toContain("ghcr.io"));

  test("names no host of images that this machine's Docker has", () =>
    expect(hostsOf({ imageSource: "local", capdImageSource: "local" })).toEqual([
      "github.com",
      "raw.githubusercontent.com",
    ]));

  test("names no host on the source route", () => expect(hostsOf({}, "source")).toEqual([]));

  test("names the hosts of the user's own images and manifests", () => {
    const hosts = hostsOf({
      managementNodeImage: "registry.example:5000/node:v1.36.4",
      clusters: [{ name: "a", manifests: ["https://files.example/a.yaml"] }],
    });
    expect(hosts).toEqual(expect.arrayContaining(["registry.example:5000", "files.example"]));
  });

  test("leaves out registries that only nodes elsewhere need", () => {
    const config = { managementKubeconfig: "/kubeconfig", clusters: [{ name: "a", backend: "inMemory" }] };
    expect(hostsOf(config)).toEqual(["github.com", "raw.githubusercontent.com"]);
  });

  test("asks a registry for its API: 200 and 401 are fine", () => {
    const question = hostsOfSettings(readSettings({ config: {}, pins })).find(({ url }) => url.includes("quay.io"));
    expect(question?.url).toBe("https://quay.io/v2/");
    expect([200, 401, 403, 404, 503].map((status) => question?.isFine(status))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
