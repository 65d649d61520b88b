import { describe, expect, test } from "@jest/globals";
import { parseNetwork } from "../../../lib/network/parse";
import { pins } from "../../../lib/versions/pins";
import { isAtLeast } from "../../../lib/versions/semver";
import type { Status } from "../../../preflight/host/check";
import { formatChecks, checkHost } from "../../../preflight/host/doctor";
import { type HostFacts, requiredTools } from "../../../preflight/host/facts";
import { hardOpenFiles, readIPv6Routes, readRoutes } from "../../../preflight/host/kernel";
import { healthyHost } from "../../helpers/host";

const versions: Record<string, string> = {
  pulumi: `v${pins.pulumi.cli}`,
  kind: `kind v${pins.source.kind} go1.26.8 linux/amd64`,
  kubectl: `{"clientVersion": {"gitVersion": "v${pins.source.kubernetes}"}}`,
  clusterctl: `v${pins.source.clusterApi}`,
};

const healthy: HostFacts = {
  ...healthyHost,
  route: "source",
  go: "1.26.8",
  tools: Object.fromEntries(requiredTools.map((tool) => [tool, versions[tool] ?? ""])),
};

const noTools = Object.fromEntries(requiredTools.map((tool) => [tool, null]));
const docker = (changes: Partial<HostFacts["docker"]>): Partial<HostFacts> => ({
  docker: { ...healthy.docker, ...changes },
});
const noServer = { server: undefined, cgroup: undefined, error: "Cannot connect" };
const check = (changes: Partial<HostFacts>, ownClusters: string[] = []) =>
  checkHost({ ...healthy, ...changes }, { pins, ownClusters });

test("reports ok without a remedy for every check of a healthy host", () => {
  const checks = check({});
  expect(checks.filter(({ status, remedy }) => status !== "ok" || remedy)).toEqual([]);
  expect(checks.map(({ name }) => name)).toEqual([
    "node",
    "go",
    "docker",
    "docker.sock",
    "cgroup",
    "kernel",
    "inotify",
    "open files",
    "memory",
    "disk",
    "tools",
    "routes",
    "containers",
  ]);
});

test.each<[string, Partial<HostFacts>, string, Status, RegExp]>([
  ["a Node.js that is too old", { node: "18.19.0" }, "node", "fail", /18\.19\.0 is older than 20\.0\.0/],
  ["a missing Go", { go: undefined }, "go", "fail", /not found/],
  ["a Go that is too old", { go: "1.25.9" }, "go", "fail", /1\.25\.9 is older/],
  ["a release candidate of Go", { go: "1.26.0-rc1" }, "go", "ok", /rc1/],
  ["a stopped Docker on the source route", docker(noServer), "docker", "warn", /no answer: Cannot connect/],
  ["a stopped Docker on the release route", { ...docker(noServer), route: "release" }, "docker", "fail", /no answer/],
  ["a stopped Docker on macOS", { ...docker(noServer), platform: "darwin" }, "docker", "fail", /no answer/],
  ["a missing docker command", docker({ ...noServer, client: undefined }), "docker", "warn", /command not found/],
  ["a Docker that is too old", docker({ server: "19.03.1" }), "docker", "fail", /19\.03\.1 is older than 20\.10\.0/],
  ["a Docker with another socket", docker({ socket: false }), "docker.sock", "fail", /does not exist/],
  [
    "a containerd image store before Docker 28",
    docker({ server: "27.0.0", hasContainerdStore: true }),
    "image store",
    "fail",
    /server 27/,
  ],
  ["Docker Desktop on Linux", docker({ os: "linux/Docker Desktop" }), "container addresses", "ok", /another virtual/],
  [
    "a host that reaches containers",
    { reach: { reach: "address", where: "at the gateway 172.17.0.1" } },
    "container addresses",
    "ok",
    /reaches containers at their addresses \(measured at the gateway 172\.17\.0\.1\)$/,
  ],
  [
    "a host that does not reach containers",
    { reach: { reach: "published-port", where: "at m-control-plane (172.18.0.2)" } },
    "container addresses",
    "ok",
    /does not reach containers .*m-control-plane \(172\.18\.0\.2\)\), so it uses published ports/,
  ],
  ["Docker Desktop on macOS", { platform: "darwin" }, "container addresses", "warn", /on darwin/],
  ["cgroup v1 with Kubernetes 1.34", docker({ cgroup: "1" }), "cgroup", "ok", /version 1/],
  [
    "cgroup v1 with Kubernetes 1.36",
    { ...docker({ cgroup: "1" }), route: "release" },
    "cgroup",
    "fail",
    /1\.35 and later/,
  ],
  ["a kernel without overlay", { kernel: { overlay: false, bridge: true } }, "kernel", "fail", /missing: overlay/],
  ["too few inotify watches", { inotify: { watches: 8192, instances: 128 } }, "inotify", "warn", /low/],
  [
    "the inotify limits that kind recommends",
    { inotify: { watches: 524_288, instances: 512 } },
    "inotify",
    "warn",
    /enough for a few nodes/,
  ],
  ["a low limit of open files on the source route", { openFiles: 20_000 }, "open files", "ok", /20000/],
  [
    "a low limit of open files on the release route",
    { openFiles: 20_000, route: "release" },
    "open files",
    "warn",
    /load balancer/,
  ],
  ["unlimited open files", { openFiles: Infinity, route: "release" }, "open files", "ok", /none/],
  ["little memory", { memoryBytes: 4e9 }, "memory", "warn", /less than recommended/],
  ["too little memory", { memoryBytes: 2e9 }, "memory", "fail", /too little/],
  ["a small disk before the first run", { tools: noTools, freeBytes: 30e9 }, "disk", "warn", /30\.0 GB free/],
  ["a disk that is far too small", { tools: noTools, freeBytes: 10e9 }, "disk", "fail", /10\.0 GB free/],
  ["the same disk with installed tools", { freeBytes: 10e9 }, "disk", "ok", /10\.0 GB/],
  ["missing tools", { tools: noTools }, "tools", "warn", /missing: pulumi, pulumi-language-nodejs/],
  [
    "another version of kind",
    { tools: { ...healthy.tools, kind: "kind v0.20.0 go1.20" } },
    "tools",
    "warn",
    /kind 0\.20\.0 instead of/,
  ],
  ["a tool that does not run", { tools: { ...healthy.tools, kubectl: "" } }, "tools", "warn", /kubectl \? instead of/],
  [
    "a company network that overlaps the subnet",
    { routes: [{ network: parseNetwork("172.16.0.0/12"), device: "eth0" }] },
    "routes",
    "warn",
    /172\.16\.0\.0\/12 on eth0/,
  ],
  [
    "another Docker network that overlaps the subnet",
    {
      routes: [{ network: parseNetwork("172.18.0.0/16"), device: "br-abc" }],
      dockerNetworks: [{ name: "x_default", device: "br-abc", subnets: [parseNetwork("172.18.0.0/16")] }],
    },
    "routes",
    "fail",
    /172\.18\.0\.0\/16 of the Docker network x_default/,
  ],
  [
    "the route of the stack's network",
    { routes: [{ network: parseNetwork("172.18.0.0/16"), device: "br-abc" }], kindDevices: ["br-abc"] },
    "routes",
    "ok",
    /no other network/,
  ],
  [
    "foreign containers",
    { containers: [{ name: "x-control-plane", cluster: "x" }] },
    "containers",
    "warn",
    /x-control-plane/,
  ],
])("checks %s", (_, changes, name, status, detail) => {
  const result = check(changes).find((row) => row.name === name);
  expect(result?.status).toBe(status);
  expect(result?.detail).toMatch(detail);
  expect(result?.remedy === undefined).toBe(status === "ok");
});

test("leaves out checks that do not apply to the host", () => {
  const names = check({
    route: "release",
    inotify: {},
    openFiles: undefined,
    kernel: {},
    freeBytes: undefined,
    ...docker(noServer),
  }).map(({ name }) => name);
  expect(names).toEqual(["node", "docker", "docker.sock", "memory", "tools", "routes", "containers"]);
  expect(check(docker({ ...noServer, socket: false })).map(({ name }) => name)).not.toContain("docker.sock");
});

test("says which subnet the first up of a stack takes, and why", () => {
  const subnetNotice =
    "the stack takes 172.19.0.0/16, because 172.18.0.0/16 overlaps 172.18.0.0/16 of the Docker network x";
  const subnet = parseNetwork("172.19.0.0/16");
  const host = { ...healthy, routes: [{ network: parseNetwork("172.18.0.0/16"), device: "br-abc" }] };
  const routes = checkHost(host, { subnet, subnetNotice }).find(({ name }) => name === "routes");
  expect(routes).toEqual({
    name: "routes",
    status: "ok",
    detail: `no other network uses 172.19.0.0/16; ${subnetNotice}`,
  });
});

test("accepts containers of the running stack", () => {
  const result = check({ containers: [{ name: "capd-lb", cluster: "capd" }] }, ["management", "capd"]).at(-1);
  expect(result).toMatchObject({ status: "ok", detail: "1, all of the running stack" });
});

test("formats one line for each check and one for each remedy", () => {
  const lines = formatChecks(check({ node: "18.0.0" }));
  expect(lines[0]).toBe("fail  node         18.0.0 is older than 20.0.0");
  expect(lines[1]).toBe("                   -> install Node.js 20.0.0 or newer");
});

describe("the readers of kernel files", () => {
  test.each([
    ["Max open files            20000                524288               files", 524_288],
    ["Max open files            1024                 unlimited            files", Infinity],
    ["Max processes             1                    1                    x", undefined],
  ])("read the hard limit from %s", (text, expected) =>
    expect(hardOpenFiles(`Limit  Soft Limit\n${text}\n`)).toBe(expected),
  );

  test("read all routes except the default route", () => {
    const table = [
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
      "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
      "docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0",
      "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
    ].join("\n");
    expect(readRoutes(`${table}\n`)).toEqual([
      { network: parseNetwork("172.17.0.0/16"), device: "docker0" },
      { network: parseNetwork("192.0.2.0/24"), device: "eth0" },
    ]);
    expect(readRoutes("")).toEqual([]);
    expect(readIPv6Routes("")).toEqual([]);
  });
});

test.each([
  ["1.26.0", "1.26.0", true],
  ["1.26", "1.26.0", true],
  ["1.9.9", "1.10.0", false],
  ["v28.2.2", "20.10.0", true],
  ["20.10.24+dfsg1", "20.10.24", true],
  ["2", "1.99.99", true],
  ["18.09.1", "18.9.0", true],
  ["1.26rc1", "1.26", true],
  ["devel", "1.0.0", false],
])("%s is at least %s: %s", (version, minimum, expected) => expect(isAtLeast(version, minimum)).toBe(expected));
