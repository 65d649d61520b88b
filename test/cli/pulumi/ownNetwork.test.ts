import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { openOwnNetwork } from "../../../cli/pulumi/ownNetwork";
import { parseNetwork } from "../../../lib/network/parse";
import { ownDevicesOn } from "../../../preflight/host/dockerNetworks";
import type { ExecResult } from "../../../system/exec";
import { containerIdIn, findOwnContainer, type OwnContainer } from "../../../system/ownContainer";
import { startOf } from "../../../system/processes";

let checkout: string;
beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), "slipway-own-"));
});
afterEach(() => rmSync(checkout, { recursive: true }));

const id = "a".repeat(64);
const container: OwnContainer = { id, name: "dev", networkMode: "default", isOnNetwork: false };
const result = (stdout = "", code = 0): ExecResult => ({ code, stdout, stderr: "" });

/** A Docker whose network kind has these containers; it is missing if there are none to list. */
const dockerWith = (ids: string[] | undefined) => {
  const calls: string[] = [];
  const network = { ids };
  const execute = (args: string[]): Promise<ExecResult> => {
    if (args[1] === "inspect") {
      if (network.ids === undefined) return Promise.resolve(result("", 1));
      const Containers = Object.fromEntries(network.ids.map((one) => [one, {}]));
      const IPAM = { Config: [{ Subnet: "172.18.0.0/16", IPRange: "172.18.0.0/17" }] };
      return Promise.resolve(result(JSON.stringify({ Id: "n", Name: "kind", IPAM, Containers })));
    }
    calls.push(args.join(" "));
    if (args[1] === "connect") network.ids = [...(network.ids ?? []), id];
    if (args[1] === "disconnect") network.ids = (network.ids ?? []).filter((one) => one !== id);
    return Promise.resolve(result());
  };
  return { calls, network, execute };
};

const connect = `network connect --ip 172.18.127.253 kind ${id}`;
const disconnect = `network disconnect kind ${id}`;

const open = (execute: ReturnType<typeof dockerWith>["execute"], running: OwnContainer | undefined = container) => {
  const env: NodeJS.ProcessEnv = {};
  const world = { execute, find: () => Promise.resolve(running), env, period: 5, stay: 20 };
  return { env, opened: openOwnNetwork(checkout, () => undefined, world) };
};
const records = (): string[] => readdirSync(join(checkout, ".slipway", "connected"));

describe("the own container", () => {
  test("is connected while a command runs, at an address that Docker assigns last", async () => {
    const { execute, calls } = dockerWith(["node"]);
    const { env, opened } = open(execute);
    const network = await opened;
    expect(calls).toEqual([connect]);
    expect(env).toEqual({ SLIPWAY_OWN_CONTAINER: id });
    await network?.close();
    expect(calls).toEqual([connect, disconnect]);
    expect(records()).toEqual([]);
  });

  test("is connected once the first node exists, and disconnected before the network is deleted", async () => {
    const { execute, calls, network } = dockerWith(undefined);
    const opened = await open(execute).opened;
    await sleep(30);
    network.ids = [];
    await sleep(30);
    expect(calls).toEqual([]);
    network.ids = ["node"];
    await sleep(50);
    expect(calls).toEqual([connect]);
    network.ids = [id];
    await sleep(100);
    expect(calls).toEqual([connect, disconnect]);
    await opened?.close();
  });

  test("stays connected for another command, and is disconnected by the next command after a kill", async () => {
    const folder = join(checkout, ".slipway", "connected");
    mkdirSync(folder, { recursive: true });
    const other = { pid: process.ppid, start: startOf(process.ppid), container: id };
    writeFileSync(join(folder, "other.json"), JSON.stringify(other));
    const { execute, calls } = dockerWith(["node", id]);
    await (await open(execute, { ...container, isOnNetwork: true }).opened)?.close();
    expect(calls).toEqual([]);
    writeFileSync(join(folder, "other.json"), JSON.stringify({ ...other, pid: 2 ** 30 }));
    await (await open(execute, { ...container, isOnNetwork: true }).opened)?.close();
    expect(calls).toEqual([disconnect]);
    expect(records()).toEqual([]);
  });

  test("is left alone if the user has connected it", async () => {
    const { execute, calls } = dockerWith(["node", id]);
    const { env, opened } = open(execute, { ...container, isOnNetwork: true });
    expect(await opened).toBeUndefined();
    expect(env).toEqual({ SLIPWAY_OWN_CONTAINER: "dev" });
    expect(calls).toEqual([]);
  });

  test.each(["none", "container:abc"])("is refused before work with the network mode %s", async (networkMode) => {
    const { execute } = dockerWith(["node"]);
    await expect(open(execute, { ...container, networkMode }).opened).rejects.toThrow(
      `container dev: expected a network that Slipway can add to, got --network ${networkMode}.`,
    );
  });

  test("does not count with the network of the host, or outside of a container", async () => {
    const { execute, calls } = dockerWith(["node"]);
    expect(await open(execute, { ...container, networkMode: "host" }).opened).toBeUndefined();
    const world = { execute, find: () => Promise.resolve(undefined), env: {} };
    expect(await openOwnNetwork(checkout, () => undefined, world)).toBeUndefined();
    expect(calls).toEqual([]);
    expect(existsSync(join(checkout, ".slipway"))).toBe(false);
  });
});

describe("the id of the own container", () => {
  const mounts = `573 560 8:1 /var/lib/docker/containers/${id}/hostname /etc/hostname rw,relatime - ext4 /dev/sda1 rw\n`;

  test("is part of the path of a mounted file", () => {
    expect(containerIdIn(mounts)).toBe(id);
    expect(containerIdIn("28 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n")).toBeUndefined();
  });

  test("counts only if Docker has the container", async () => {
    const line = 'true\t/dev\tbridge\t{"bridge":{},"kind":{}}\n';
    expect(await findOwnContainer(() => Promise.resolve(result(line)), mounts)).toEqual({
      ...{ id, name: "dev", networkMode: "bridge", isOnNetwork: true },
    });
    expect(await findOwnContainer(() => Promise.resolve(result("", 1)), mounts)).toBeUndefined();
    expect(await findOwnContainer(() => Promise.reject(new Error("no docker")), mounts)).toBeUndefined();
    const refuse = (): Promise<ExecResult> => Promise.reject(new Error("expected no question"));
    expect(await findOwnContainer(refuse, "28 1 8:1 / / rw - ext4 /dev/sda1 rw\n")).toBeUndefined();
  });
});

test("the routes of the own container to the Docker network are not those of another network", () => {
  const network = {
    ...{ name: "kind", owner: "", subnets: ["172.18.0.0/16"], ranges: [], device: "br-1", options: {} },
  };
  const route = (text: string, device: string) => ({ network: parseNetwork(text), device });
  const routes = [route("172.17.0.0/16", "eth0"), route("172.18.0.0/16", "eth1"), route("172.18.5.0/24", "tun0")];
  expect(ownDevicesOn(network, routes, { SLIPWAY_OWN_CONTAINER: id })).toEqual(["eth1"]);
  expect(ownDevicesOn(network, routes, {})).toEqual([]);
  expect(ownDevicesOn(undefined, routes, { SLIPWAY_OWN_CONTAINER: id })).toEqual([]);
});
