import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { pauseLines, readPause, requireStarted } from "../../../cli/pause/describe";
import { loadPause } from "../../../cli/pause/record";
import { startContainers } from "../../../cli/pause/start";
import { type PausedStack, stopStack } from "../../../cli/pause/stop";
import { foreignContainer, RecordedDocker, runningStack } from "../../helpers/stackContainers";

let checkout: string;
let docker: RecordedDocker;
let printed: string[];
beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), "pause-"));
  docker = new RecordedDocker(runningStack());
  printed = [];
});
afterEach(() => rmSync(checkout, { recursive: true, force: true }));

const target = (known: PausedStack["known"] = {}): PausedStack => ({
  checkout,
  stack: "dev",
  known,
  clusters: { management: { name: "clusterapi" }, workload: ["capd"], withDeleteStep: [], onDocker: true },
});
const print = (line: string): void => void printed.push(line);
const stop = (known?: PausedStack["known"]): Promise<number> => stopStack(target(known), print, docker.run);
const start = async (options = {}, known?: PausedStack["known"]): Promise<string[]> =>
  (await startContainers(target(known), print, { isPortTaken: () => Promise.resolve(false), ...options }, docker.run))
    .started;
const find = (name: string) => docker.containers.find((container) => container.name === name)!;
const ids = () => docker.containers.map(({ id }) => id).join(" ");
const remove = (name: string): void => void (docker.containers = docker.containers.filter((one) => one.name !== name));
const runningNames = (): string[] => docker.containers.filter(({ running }) => running).map(({ name }) => name);

describe("stop", () => {
  test("stops workers, control planes one after the other, load balancers, then the kind node, with 60 seconds each", async () => {
    expect(await stop()).toBe(0);
    expect(docker.calls).toEqual([
      `update --restart=no ${ids()}`,
      "stop -t 60 capd-md-0-x capd-md-0-y",
      "stop -t 60 capd-cp-a",
      "stop -t 60 capd-cp-b",
      "stop -t 60 capd-cp-c",
      "stop -t 60 capd-lb",
      "stop -t 60 clusterapi-control-plane",
    ]);
  });

  test("records ids, addresses and restart policies of the containers before it stops one", async () => {
    docker.fails = "update";
    await expect(stop()).rejects.toThrow("killed");
    expect(runningNames()).toHaveLength(7);
    expect(loadPause(checkout, "dev")).toMatchObject({
      stack: "dev",
      network: "net-1",
      containers: expect.arrayContaining([
        expect.objectContaining({ id: "id-capd-lb", addresses: ["172.18.0.3"], restartPolicy: "on-failure:1" }),
      ]) as unknown,
    });
  });

  test("records the addresses of the state, not those of a container that moved", async () => {
    find("capd-cp-a").address = "172.18.0.99";
    await stop({ "capd-cp-a": ["172.18.0.4"] });
    const recorded = loadPause(checkout, "dev")?.containers.find(({ name }) => name === "capd-cp-a");
    expect(recorded?.addresses).toEqual(["172.18.0.4"]);
  });

  test("leaves the containers of others alone", async () => {
    docker.containers.push(foreignContainer("other-worker", "172.18.0.20"));
    await stop();
    expect(runningNames()).toEqual(["other-worker"]);
    expect(docker.calls.join()).not.toContain("other-worker");
  });

  test("is harmless the second time, and keeps the first record", async () => {
    await stop();
    const first = loadPause(checkout, "dev");
    docker.calls.length = 0;
    expect(await stop()).toBe(0);
    expect(docker.calls).toEqual([]);
    expect(loadPause(checkout, "dev")).toEqual(first);
    expect(printed.at(-1)).toBe("stack dev was stopped already: make start starts it");
  });

  test("finishes a killed stop, and keeps the addresses of its record", async () => {
    docker.fails = "stop -t 60 capd-cp-b";
    await expect(stop()).rejects.toThrow("killed");
    docker.fails = "never";
    await stop();
    expect(runningNames()).toEqual([]);
    expect(loadPause(checkout, "dev")).not.toHaveProperty("stopping");
    const addresses = loadPause(checkout, "dev")?.containers.map((container) => container.addresses[0]);
    expect(addresses).toEqual(runningStack().map(({ address }) => address));
  });
});

describe("start", () => {
  test("connects the containers with their addresses and starts them in the reverse order", async () => {
    await stop();
    docker.calls.length = 0;
    await start();
    const starts = docker.calls.filter((call) => call.startsWith("start "));
    expect(starts).toEqual([
      "start clusterapi-control-plane",
      "start capd-lb",
      "start capd-cp-c",
      "start capd-cp-b",
      "start capd-cp-a",
      "start capd-md-0-x",
      "start capd-md-0-y",
    ]);
    const connects = docker.calls.filter((call) => call.startsWith("network connect"));
    expect(connects).toContain("network connect --ip 172.18.0.2 kind clusterapi-control-plane");
    expect(connects).toHaveLength(7);
    expect(docker.calls.indexOf(connects.at(-1)!)).toBeLessThan(docker.calls.indexOf(starts[0]!));
  });

  test("restores the restart policies and deletes the record at its end only", async () => {
    await stop();
    docker.fails = "start capd-cp-a";
    await expect(start()).rejects.toThrow("killed");
    expect(loadPause(checkout, "dev")).toBeDefined();
    docker.fails = "never";
    await start();
    expect(docker.containers.map(({ policy }) => policy)).toEqual(runningStack().map(({ policy }) => policy));
    expect(docker.containers.map(({ address }) => address)).toEqual(runningStack().map(({ address }) => address));
    expect(loadPause(checkout, "dev")).toBeUndefined();
  });

  test("is harmless the second time, and needs no connection after the first", async () => {
    await stop();
    await start();
    docker.calls.length = 0;
    expect(await start()).toEqual([]);
    expect(docker.calls).toEqual([]);
    await stop();
    docker.calls.length = 0;
    await start();
    expect(docker.calls.filter((call) => call.startsWith("network"))).toEqual([]);
  });

  test("stops a container that was started by hand with another address", async () => {
    await stop();
    Object.assign(find("capd-md-0-x"), { running: true, address: "172.18.0.2" });
    docker.calls.length = 0;
    await start();
    expect(docker.calls[0]).toBe("stop -t 60 capd-md-0-x");
    expect(find("capd-md-0-x").address).toBe("172.18.0.7");
    expect(runningNames()).toHaveLength(7);
  });

  test("waits for containers that Docker still stops after a killed stop, and then starts them", async () => {
    docker.fails = "stop -t 60 capd-cp-b";
    await expect(stop()).rejects.toThrow("killed");
    expect(loadPause(checkout, "dev")?.stopping).toEqual(["capd-cp-b"]);
    expect(find("capd-cp-b").running).toBe(true);
    docker.fails = "never";
    docker.calls.length = 0;
    expect(await start()).toContain("capd-cp-b");
    expect(docker.calls[0]).toBe("stop -t 60 capd-cp-b");
    expect(runningNames()).toHaveLength(7);
  });

  test("starts a container that docker stop stopped, at the address of the state", async () => {
    find("capd-md-0-y").running = false;
    await start({}, { "capd-md-0-y": ["172.18.0.8"] });
    expect(docker.calls).toEqual([
      "network disconnect kind capd-md-0-y",
      "network connect --ip 172.18.0.8 kind capd-md-0-y",
      "start capd-md-0-y",
    ]);
  });

  test("starts containers without a known address last, because Docker could give them the address of another", async () => {
    for (const container of docker.containers) container.running = false;
    const known = { "capd-cp-a": ["172.18.0.4"], "capd-lb": ["172.18.0.3"] };
    const started = await start({}, known);
    expect(started.slice(0, 2)).toEqual(["capd-lb", "capd-cp-a"]);
    expect(started).toHaveLength(7);
  });

  test.each<[string, () => void, RegExp]>([
    ["a worker is gone", () => remove("capd-md-0-x"), /^container capd-md-0-x: .*no such container\. Run make up/],
    ["the load balancer is gone", () => remove("capd-lb"), /capd-lb: .*run make destroy, then make up\.$/],
    [
      "another container has the name",
      () => void (find("capd-cp-a").id = "id-new"),
      /capd-cp-a: expected id-capd-cp-a of stack dev, got another container of that name/,
    ],
    [
      "an address was taken",
      () => void docker.containers.push(foreignContainer("web", "172.18.0.4")),
      /^container capd-cp-a: expected its address 172\.18\.0\.4, got that address at container web\. Run docker stop web/,
    ],
    ["the network is gone", () => void (docker.network = ""), /^network kind: expected net-1, .* got no such network/],
    [
      "the network was created again",
      () => void (docker.network = "net-2"),
      /^network kind: expected net-1, .* got network net-2\. Run make destroy, then make up\.$/,
    ],
  ])("refuses before it starts anything if %s", async (_, change, pattern) => {
    await stop();
    change();
    docker.calls.length = 0;
    await expect(start()).rejects.toThrow(pattern);
    expect(docker.calls).toEqual([]);
    expect(loadPause(checkout, "dev")).toBeDefined();
  });

  test("refuses a taken port with the container that has it, and names all problems at once", async () => {
    await stop();
    remove("capd-md-0-x");
    const isPortTaken = ({ hostPort }: { hostPort: number }) => Promise.resolve(hostPort === 38951);
    await expect(start({ isPortTaken })).rejects.toThrow(
      /capd-md-0-x.*\ncontainer clusterapi-control-plane: expected port 38951 of this machine, got that port at container web\. Run docker stop web, then make start\.$/,
    );
  });

  test("starts the others for an up if a container is gone, because up replaces it", async () => {
    await stop();
    remove("capd-md-0-x");
    expect(await start({ allowGone: true })).toHaveLength(6);
  });
});

describe("a stopped stack", () => {
  const lines = async (): Promise<string[]> => {
    const state = await readPause({ checkout, stack: "dev" }, docker.run);
    return state ? pauseLines("dev", state) : [];
  };

  test("is described by its record and its containers together", async () => {
    expect(await lines()).toEqual([]);
    await stop();
    expect(await lines()).toEqual([expect.stringMatching(/^stack dev is stopped since .* UTC: make start starts it$/)]);
    find("capd-lb").running = true;
    remove("capd-cp-c");
    expect(await lines()).toEqual([
      expect.stringMatching(/^stack dev is stopped in part since .*: make start starts the rest, make stop stops the/),
      "running: capd-lb",
      "stopped: capd-cp-a, capd-cp-b, capd-md-0-x, capd-md-0-y, clusterapi-control-plane",
      "gone from Docker: capd-cp-c",
    ]);
  });

  test("is refused by commands that read its clusters, until it runs", async () => {
    const check = () => requireStarted({ checkout, stack: "dev" }, docker.run);
    await check();
    await stop();
    await expect(check()).rejects.toThrow(/got a stopped stack \(since .*\)\. Run make start first\.$/);
    find("capd-lb").running = true;
    await expect(check()).rejects.toThrow("got a stack that was stopped in part");
    await start();
    await check();
  });

  test("with a damaged record is refused with the path of the file", async () => {
    await stop();
    writeFileSync(join(checkout, ".slipway", "stopped", "dev.json"), "{");
    expect(() => loadPause(checkout, "dev")).toThrow(/dev\.json: expected a record of a stopped stack/);
  });
});
