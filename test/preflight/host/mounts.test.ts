import { createSocket } from "node:dgram";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { sentence } from "../../../lib/base/problem";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";
import { isTaken, mountProblems, nodeHostProblems } from "../../../preflight/host/mounts";

const folder = mkdtempSync(join(tmpdir(), "slipway-mounts-"));
const path = (name: string): string => join(folder, name);
const socketServer = createServer();

beforeAll(async () => {
  mkdirSync(path("run"));
  mkdirSync(path("data"));
  writeFileSync(path("file"), "");
  symlinkSync(path("run"), path("link"));
  symlinkSync("/", path("root"));
  await new Promise<void>((resolve) => socketServer.listen(path("run/docker.sock"), resolve));
});

afterAll(async () => {
  await new Promise((resolve) => socketServer.close(resolve));
  rmSync(folder, { recursive: true });
});

const settingsOf = (...names: string[]) =>
  readSettings({
    config: {
      clusters: JSON.stringify([
        {
          name: "a",
          mounts: names.map((name, index) => ({ hostPath: path(name), containerPath: `/srv/${index}` })),
          workers: [{ name: "p", mounts: [{ hostPath: path("gone-too"), containerPath: "/srv/pool" }] }],
        },
      ]),
    },
    pins,
  });

test("paths that do not exist, and links to Docker's socket, are refused", () => {
  const problems = mountProblems(
    settingsOf("data", "file", "gone", "link", "root", "run/docker.sock"),
    path("run/docker.sock"),
  );
  const socket = "expected no path with the socket of a container engine";
  expect(problems.map(sentence)).toEqual([
    expect.stringContaining(`clusters[0].mounts[2].hostPath: expected a path that exists, because Docker would create`),
    expect.stringContaining(`clusters[0].mounts[3].hostPath: ${socket}`),
    expect.stringContaining(`clusters[0].mounts[4].hostPath: ${socket}`),
    expect.stringContaining(`clusters[0].mounts[5].hostPath: ${socket}`),
    expect.stringContaining("clusters[0].workers[0].mounts[0].hostPath: expected a path that exists"),
  ]);
});

test("a port on which a program listens is refused, unless the kind node exists", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const settings = readSettings({
    config: { managementPorts: JSON.stringify([{ hostPort: port, containerPort: 30080 }]) },
    pins,
  });
  const [text] = await nodeHostProblems(settings, false);
  expect(text).toContain(
    `managementPorts[0].hostPort: expected a port on which no program listens at 127.0.0.1, got ${port}.`,
  );
  expect(await nodeHostProblems(settings, true)).toEqual([]);
  await new Promise((resolve) => server.close(resolve));
  expect(await nodeHostProblems(settings, false)).toEqual([]);
});

test("ports of UDP are asked for by UDP", async () => {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const { port: hostPort } = socket.address();
  const port = { hostPort, containerPort: 1, listenAddress: "127.0.0.1" };
  expect(await isTaken({ ...port, protocol: "UDP" })).toBe(true);
  expect(await isTaken({ ...port, protocol: "TCP" })).toBe(false);
  await new Promise<void>((resolve) => socket.close(() => resolve()));
});
